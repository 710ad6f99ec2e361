//! Where Claude Code keeps transcripts, and what their paths say.

use std::path::{Path, PathBuf};

/// The folder of subagent transcripts that belongs to a session's transcript.
pub fn subagents_of(transcript: &Path) -> PathBuf {
    transcript.with_extension("").join("subagents")
}

/// Is this the name of a subagent's transcript?
pub fn is_agent_file(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with("agent-") && name.ends_with(".jsonl")
}

/// The agent's id in the name of its transcript.
pub fn agent_id_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    Some(name.strip_prefix("agent-")?.strip_suffix(".jsonl")?.to_string())
}

/// The session a transcript belongs to, as far as the path tells: the file's name for main transcripts, the
/// folder above `subagents` for the agents'. Older agent files lie beside the sessions and do not tell.
pub fn session_of(path: &Path) -> Option<String> {
    if !is_agent_file(path) {
        return path.file_stem()?.to_str().map(str::to_string);
    }
    let above = path.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == "subagents"))?;
    above.parent()?.file_name()?.to_str().map(str::to_string)
}

/// The file beside an agent's transcript that names its type.
pub fn agent_meta(path: &Path) -> PathBuf {
    path.with_extension("meta.json")
}

/// All agent transcripts below a session's `subagents` folder, workflow runs included.
pub fn agent_files(subagents: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![(subagents.to_path_buf(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_dir() && depth < 3 {
                folders.push((path, depth + 1));
            } else if is_agent_file(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// All transcripts below `projects`: sessions first, agents after them, because a forked agent's file repeats
/// lines of its session.
pub fn all_transcripts(projects: &Path) -> Vec<PathBuf> {
    let mut main = Vec::new();
    let mut agents = Vec::new();
    let mut folders = vec![(projects.to_path_buf(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_dir() && depth < 6 {
                folders.push((path, depth + 1));
            } else if is_agent_file(&path) {
                agents.push(path);
            } else if path.extension().is_some_and(|extension| extension == "jsonl") && depth == 1 {
                main.push(path);
            }
        }
    }
    main.sort();
    agents.sort();
    main.extend(agents);
    main
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_session_and_agent() {
        let main = Path::new("/p/-w/5f.jsonl");
        assert_eq!(session_of(main).as_deref(), Some("5f"));
        assert_eq!(subagents_of(main), Path::new("/p/-w/5f/subagents"));
        for agent in ["/p/-w/5f/subagents/agent-a1.jsonl", "/p/-w/5f/subagents/workflows/wf_1/agent-a1.jsonl"]
        {
            assert_eq!(session_of(Path::new(agent)).as_deref(), Some("5f"), "{agent}");
            assert_eq!(agent_id_of(Path::new(agent)).as_deref(), Some("a1"));
        }
        assert_eq!(session_of(Path::new("/p/-w/agent-a1.jsonl")), None);
    }
}
