//! What a shell command of the model would run: enough to see that it is one of ours. A model that hides it in a script
//! of its own gets past this; what cannot be got past are managed limits.

const BINARY: &str = "cost-hook";
/// Words before a program that run the program.
const BEFORE: [&str; 8] = ["sudo", "env", "command", "exec", "nohup", "time", "then", "do"];

/// Does the command run `cost-hook allow`? Naming it in a text, as in a commit's message, does not.
pub fn raises_a_limit(command: &str) -> bool {
    // Nearly no command has it, and commands may be long.
    memchr::memmem::find(command.as_bytes(), BINARY.as_bytes()).is_some()
        && simple_commands(command).iter().any(|words| is_allow(words))
}

fn is_allow(words: &[String]) -> bool {
    let is_before = |word: &String| BEFORE.contains(&word.as_str()) || word.contains('=');
    let mut words = words.iter().skip_while(|word| is_before(word));
    let program = words.next().map(|word| word.rsplit(['/', '\\']).next().unwrap_or_default());
    let is_ours = program.is_some_and(|name| name.trim_end_matches(".exe") == BINARY);
    is_ours && words.find(|word| !word.starts_with('-')).is_some_and(|word| word == "allow")
}

/// The words of each command of a line, quotes taken off. What stands in double quotes is looked at for commands in it.
fn simple_commands(text: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('\''), c) => word.get_or_insert_default().push(c),
            (quoted, '$' | '`') if c == '`' || chars.peek() == Some(&'(') => {
                // A command in a command: what follows is a command of its own, in quotes or out of them.
                if quoted.is_none() || c == '$' {
                    commands.last_mut().into_iter().for_each(|words| words.extend(word.take()));
                    commands.push(Vec::new());
                }
                quote = None;
                chars.next_if_eq(&'(');
            }
            (_, '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ';' | '|' | '&' | '\n' | '(' | ')' | '{' | '}') => {
                commands.last_mut().into_iter().for_each(|words| words.extend(word.take()));
                commands.push(Vec::new());
            }
            (None, c) if c.is_whitespace() => {
                commands.last_mut().into_iter().for_each(|words| words.extend(word.take()));
            }
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    commands.last_mut().into_iter().for_each(|words| words.extend(word.take()));
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raising_a_limit_is_recognised_however_it_is_written() {
        for command in [
            "cost-hook allow 5 --reason x",
            "cd /w && /usr/local/bin/cost-hook allow 5",
            "X=1 sudo 'cost-hook' --json \"allow\" 5",
            "echo $(cost-hook allow 5)",
            "echo \"$(cost-hook allow 5)\"",
            "true;cost-hook allow --until 18:00",
            "if true; then cost-hook allow 1; fi",
            "cost-\"hook\" allow 5\ncost-hook   allow 5",
            "a | cost-hook.exe allow 5",
        ] {
            assert!(raises_a_limit(command), "{command}");
        }
    }

    #[test]
    fn speaking_of_it_is_not_doing_it() {
        for command in [
            "cost-hook status",
            "cost-hook report --by allow",
            "git commit -m 'cost-hook allow 5 works'",
            "grep -rn \"cost-hook allow\" docs",
            "echo cost-hook allow",
            "ls cost-hook allow",
            "",
            "'",
            "\\",
            "$(",
        ] {
            assert!(!raises_a_limit(command), "{command}");
        }
    }
}
