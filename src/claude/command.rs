//! What a shell command of the model would run: enough to see that it is one of ours. Owns the reading of the line and
//! what counts as running; which tools have a command is the hook's business. A model that hides it in a script of its
//! own gets past this; what cannot be got past are managed limits.

use memchr::memmem;

const BINARY: &str = "cost-hook";
const RAISE: &str = "allow";
/// The same as a slash command of the plugin, in a prompt for the client.
const SLASH: &str = "cost-hook:allow";

/// Words before a command that are not a part of it.
const KEYWORDS: [&str; 10] = ["then", "do", "else", "elif", "if", "while", "until", "!", "coproc", "{"];
/// Programs that run the program named somewhere in their arguments.
const RUNNERS: [&str; 20] = [
    "sudo", "doas", "env", "command", "builtin", "exec", "nohup", "time", "timeout", "nice", "ionice",
    "setsid", "stdbuf", "xargs", "unshare", "flock", "strace", "busybox", "watch", "cmd",
];
/// Programs that take texts, as arguments or on their input, and run them. What the client is given is a prompt, which
/// its hook carries out like any other.
const READERS: [&str; 15] = [
    "sh",
    "bash",
    "dash",
    "ash",
    "zsh",
    "ksh",
    "fish",
    "eval",
    "su",
    "script",
    "ssh",
    "watch",
    "pwsh",
    "powershell",
    "claude",
];
/// So deep may commands stand in the texts of others. Nobody needs three.
const DEPTH: usize = 6;

/// Does the command run `cost-hook allow`? Naming it in a text, as in a commit's message, does not.
pub fn raises_a_limit(command: &str) -> bool {
    runs_it(command, DEPTH)
}

fn runs_it(text: &str, depth: usize) -> bool {
    // Nearly no command has it, and commands may be long.
    if depth == 0 || memmem::find(text.as_bytes(), RAISE.as_bytes()).is_none() {
        return false;
    }
    let commands = Line::read(text);
    // Which of them have texts that are run: their own, and what is piped into one that runs it. A pipe leads forward.
    let mut read = vec![false; commands.len()];
    commands.iter().enumerate().rev().any(|(number, command)| {
        read[number] = command.reads() || command.into.is_some_and(|next| read[next]);
        let runs = |texts: &[String]| texts.iter().any(|inner| runs_it(inner, depth - 1));
        command.raises(text) || runs(&command.live) || read[number] && runs(&command.texts())
    })
}

/// A simple command: a program and its arguments, quotes taken off.
#[derive(Default)]
struct Simple {
    words: Vec<String>,
    /// What it gets on its input: here-documents and here-strings.
    fed: Vec<String>,
    /// Those of them in which the shell looks for commands, as in double quotes.
    live: Vec<String>,
    /// The command its output is piped into.
    into: Option<usize>,
}

impl Simple {
    /// The program with its arguments, and where it runs others each of these with what follows.
    fn starts(&self) -> impl Iterator<Item = &[String]> {
        let is_before = |word: &String| KEYWORDS.contains(&word.as_str()) || is_assignment(word);
        let first = self.words.iter().take_while(|word| is_before(word)).count();
        let runs_others = self.words.get(first).is_some_and(|word| {
            let name = name_of(word);
            RUNNERS.contains(&name) || READERS.contains(&name)
        });
        let most = if runs_others { self.words.len() } else { first + 1 };
        (first..most).filter_map(|at| self.words.get(at..)).filter(|words| !words.is_empty())
    }

    fn reads(&self) -> bool {
        self.starts().any(|words| READERS.contains(&name_of(&words[0])))
    }

    fn raises(&self, text: &str) -> bool {
        let is_raise = |arguments: &[String]| {
            arguments
                .iter()
                .map(|word| bare(word))
                .find(|word| !word.starts_with('-'))
                .is_some_and(|word| word == RAISE)
        };
        self.starts().any(|words| {
            let (program, arguments) = (&words[0], &words[1..]);
            is_ours(program) && is_raise(arguments)
                || name_of(program) == SLASH
                // The shell function of `cost-hook init`, which the client's shells have from the user's.
                || name_of(program) == "claude" && arguments.first().is_some_and(|word| word == "cost") && is_raise(&arguments[1..])
                // A name that only the shell knows, where ours is spoken of.
                || program.starts_with('$') && is_raise(arguments) && memmem::find(text.as_bytes(), BINARY.as_bytes()).is_some()
        })
    }

    /// What it runs if it is a shell, or gives to one.
    fn texts(&self) -> Vec<String> {
        let all = self.words.iter().skip(1).cloned().collect::<Vec<_>>().join(" ");
        let words = self.words.iter().filter(|word| word.contains(char::is_whitespace)).cloned();
        words.chain(self.fed.iter().cloned()).chain([all]).collect()
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// Without the backslashes that change nothing.
fn bare(word: &str) -> String {
    word.replace('\\', "")
}

/// A program's name without its path. A prompt may have a mark before it.
fn name_of(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    name.strip_suffix(".exe").unwrap_or(name).trim_start_matches('!')
}

fn is_ours(word: &str) -> bool {
    name_of(word) == BINARY || name_of(&bare(word)) == BINARY
}

/// What a word that is being read is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meant {
    Word,
    /// The file of a redirection.
    File,
    HereString,
    /// What ends a here-document, and the same in quotes: then the text stays as it is.
    HereEnd,
    QuotedHereEnd,
}

/// What stands around a command in a command: how it began, the quote, the command and its unfinished word.
struct Around {
    open: char,
    quote: Option<char>,
    command: usize,
    word: Option<String>,
    meant: Meant,
}

/// A line of commands while it is read.
struct Line<'a> {
    rest: &'a str,
    commands: Vec<Simple>,
    /// The command being read.
    at: usize,
    word: Option<String>,
    /// A part of the word is quoted: then it is none of the shell's own.
    has_quotes: bool,
    meant: Meant,
    quote: Option<char>,
    around: Vec<Around>,
    /// Here-documents that begin on the next line: whose, what ends them, and whether commands in them are run.
    waiting: Vec<(usize, String, bool)>,
}

impl<'a> Line<'a> {
    fn read(text: &'a str) -> Vec<Simple> {
        let mut line = Line {
            rest: text,
            commands: vec![Simple::default()],
            at: 0,
            word: None,
            has_quotes: false,
            meant: Meant::Word,
            quote: None,
            around: Vec::new(),
            waiting: Vec::new(),
        };
        while let Some(c) = line.next() {
            match line.quote {
                Some('\'') if c != '\'' => line.push(c),
                Some(open) if c == open => line.quote = None,
                Some(_) => line.in_double_quotes(c),
                None => line.outside(c),
            }
        }
        // What is still open, because the line is none: its words count all the same.
        line.end_word();
        while line.leave() {
            line.end_word();
        }
        line.commands
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// Goes past a text if it is next.
    fn skip(&mut self, text: &str) -> bool {
        let after = self.rest.strip_prefix(text);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn in_double_quotes(&mut self, c: char) {
        match c {
            '\\' if self.rest.starts_with(['"', '\\', '$', '`', '\n']) => {
                if let Some(c) = self.next().filter(|c| *c != '\n') {
                    self.push(c);
                }
            }
            '`' => self.backtick(),
            '$' if self.skip("(") => self.substitution('('),
            c => self.push(c),
        }
    }

    fn outside(&mut self, c: char) {
        match c {
            // A path of Windows keeps its backslashes.
            '\\' if self.rest.starts_with(char::is_alphanumeric) => self.push(c),
            '\\' => {
                self.quoted();
                if let Some(c) = self.next().filter(|c| *c != '\n') {
                    self.push(c);
                }
            }
            '\'' | '"' => {
                self.quoted();
                self.quote = Some(c);
                self.word.get_or_insert_default();
            }
            '`' => self.backtick(),
            '$' if self.skip("(") => self.substitution('('),
            '(' => {
                self.end_word();
                // After `<` or `>` it stands for a file.
                self.meant = Meant::Word;
                self.enter('(');
            }
            ')' => {
                self.end_word();
                if !self.leave() {
                    self.begin();
                }
            }
            '|' if !self.skip("|") => {
                self.end_word();
                self.skip("&");
                let from = self.at;
                self.begin();
                self.commands[from].into = Some(self.at);
            }
            ';' | '|' | '&' => {
                self.end_word();
                self.begin();
            }
            '\n' => {
                self.end_word();
                self.begin();
                self.here_documents();
            }
            '<' | '>' => self.redirect(c),
            '#' if self.word.is_none() => {
                let end = memchr::memchr(b'\n', self.rest.as_bytes()).unwrap_or(self.rest.len());
                self.rest = &self.rest[end..];
            }
            c if c.is_whitespace() => self.end_word(),
            c => self.push(c),
        }
    }

    fn quoted(&mut self) {
        self.has_quotes = true;
        if self.meant == Meant::HereEnd {
            self.meant = Meant::QuotedHereEnd;
        }
    }

    fn begin(&mut self) {
        self.commands.push(Simple::default());
        self.at = self.commands.len() - 1;
    }

    fn end_word(&mut self) {
        let meant = std::mem::replace(&mut self.meant, Meant::Word);
        let has_quotes = std::mem::take(&mut self.has_quotes);
        let Some(word) = self.word.take() else {
            // A space between a redirection and its file.
            self.meant = meant;
            return;
        };
        let at = self.at;
        match meant {
            Meant::File => {}
            Meant::HereString => self.commands[at].fed.push(word),
            Meant::HereEnd | Meant::QuotedHereEnd => {
                let live = meant == Meant::HereEnd && !word.contains('\\');
                self.waiting.push((at, bare(&word), live));
            }
            // The beginning of a function's body is that of a command.
            Meant::Word if word == "{" && !has_quotes => self.begin(),
            Meant::Word => self.commands[at].words.push(word),
        }
    }

    /// A command in a command, quoted or not.
    fn enter(&mut self, open: char) {
        let meant = std::mem::replace(&mut self.meant, Meant::Word);
        let (quote, command, word) = (self.quote.take(), self.at, self.word.take());
        self.around.push(Around { open, quote, command, word, meant });
        self.begin();
    }

    /// Back to what is around it. False when nothing is.
    fn leave(&mut self) -> bool {
        let Some(around) = self.around.pop() else { return false };
        let Around { quote, command, word, meant, .. } = around;
        (self.quote, self.at, self.word, self.meant) = (quote, command, word, meant);
        true
    }

    /// A command whose output becomes a part of the word: which, the shell alone knows.
    fn substitution(&mut self, open: char) {
        self.push('$');
        self.enter(open);
    }

    fn backtick(&mut self) {
        if self.around.last().is_some_and(|around| around.open == '`') {
            self.end_word();
            self.leave();
        } else {
            self.substitution('`');
        }
    }

    fn redirect(&mut self, c: char) {
        // A number before it says which stream.
        if self.word.as_ref().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit())) {
            self.word = None;
        }
        self.end_word();
        self.meant = match c {
            '<' if self.skip("<<") => Meant::HereString,
            '<' if self.skip("<") => Meant::HereEnd,
            _ => Meant::File,
        };
        if self.meant == Meant::File {
            let _ = self.skip(">") || self.skip("&") || self.skip("|");
        } else {
            self.skip("-");
        }
    }

    /// What follows the line that asked for it, up to its end. Without an end it is none, but a shift in a sum.
    fn here_documents(&mut self) {
        for (command, end, live) in std::mem::take(&mut self.waiting) {
            let mut length = 0;
            let found = self.rest.split_inclusive('\n').find(|line| {
                let is_end = line.trim_start_matches('\t').trim_end_matches('\n') == end;
                length += if is_end { 0 } else { line.len() };
                is_end
            });
            if let Some(line) = found {
                let text = &self.rest[..length];
                let Simple { fed, live: run, .. } = &mut self.commands[command];
                fed.push(text.to_string());
                if live {
                    // Its own quotes mean nothing there.
                    run.push(format!("\"{}\"", text.replace('"', "")));
                }
                self.rest = &self.rest[length + line.len()..];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn raising_a_limit_is_recognised_however_it_is_written() {
        // `tests/security/commands.rs` has those that a shell can be asked about.
        for command in [
            "X=1 sudo 'cost-hook' --json \"allow\" 5",
            "sudo -u ada cost-hook allow 5",
            "a | cost-hook.exe allow 5",
            "& 'C:\\Program Files\\cost-hook.exe' allow 5",
            "C:\\bin\\cost-hook.exe allow 5",
            "cmd /c cost-hook allow 5",
            "powershell -Command \"cost-hook allow 5\"",
            "ssh localhost 'cd /w && cost-hook allow 5'",
            "su ada -c 'cost-hook allow 5'",
            "claude cost allow 5 --reason x",
            "claude cost --json allow 5",
            "claude -p 'cost-hook allow 5 --reason x'",
            "claude -p '/cost-hook:allow 5 --reason x'",
            "claude --model opus -p \"! cost-hook allow 5\"",
            "echo cost-hook allow 5 --reason x | claude -p",
            "x=$(cost-hook allow 5",
            "echo 'cost-hook allow 5' | sh 2>",
        ] {
            assert!(raises_a_limit(command), "{command}");
        }
    }

    #[test]
    fn speaking_of_it_is_not_doing_it() {
        for command in [
            "claude cost status",
            "claude -p 'what does cost-hook allow do?'",
            "claude cost report --by allow",
            "ssh host \"grep 'cost-hook allow' notes\"",
            "$TOOL allow cost",
            "",
            "'",
            "\\",
            "$(",
            "echo '{' cost-hook allow",
            "echo \\{ cost-hook allow",
            "allow <<",
            "allow)`",
        ] {
            assert!(!raises_a_limit(command), "{command}");
        }
    }

    proptest! {
        /// Whatever stands in quotes is neither run nor hides what comes after it.
        #[test]
        fn quoted_text_is_text(text in "(?s)[ -~\n\t]{0,60}", double in any::<bool>()) {
            let quoted = if double {
                format!("\"{}\"", text.replace(['"', '\\', '$', '`'], ""))
            } else {
                crate::claude::shell::quote(&text)
            };
            let said = format!("echo {quoted} cost-hook allow");
            prop_assert!(!raises_a_limit(&said), "{}", said);
            for done in [
                format!("echo {quoted}; cost-hook allow 5"),
                format!("echo \"$(echo {quoted})\" && cost-hook allow 5"),
            ] {
                prop_assert!(raises_a_limit(&done), "{}", done);
            }
        }

        #[test]
        fn no_text_is_too_odd(text in "(?s)([a-c \n\t'\"`$(){}<>|&;#=!\\\\]|allow |cost-hook |bash |<<a){0,40}") {
            raises_a_limit(&text);
        }
    }
}
