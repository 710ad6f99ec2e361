//! Any bytes as a settings file, of whatever layer: the reader of the hook and the one for people come to the same
//! settings, neither panics, what one finds nothing wrong with the other does not complain of, and every problem is
//! at a place of the file.
#![no_main]

use std::path::Path;

use cost_hook::base::jsonc;
use cost_hook::model::limit::Layer;
use cost_hook::settings::file::FileSettings;
use cost_hook::settings::validate::{Context, RULES, read, read_quickly};
use cost_hook::settings::{self, Place, SettingsFile, Sources};
use libfuzzer_sys::fuzz_target;

fn zone_exists(name: &str) -> bool {
    matches!(name, "UTC" | "Europe/Berlin" | "America/New_York")
}

fuzz_target!(|data: &[u8]| {
    let root = Path::new("/work/shop");
    let layers = [
        (None, None),
        (Some(Layer::Managed), None),
        (Some(Layer::User), None),
        (Some(Layer::Project), Some(root)),
        (Some(Layer::Local), Some(root)),
    ];
    let mut files = Vec::new();
    for (layer, root) in layers {
        let context = Context { file: "settings.json", layer, root, zone_exists };
        let (strict, problems) = read(data, &context);
        let (quick, complaints) = read_quickly(data, &context);
        assert_eq!(strict, quick, "{layer:?}");
        if problems.is_empty() {
            assert_eq!(complaints, []);
        }
        let text = match jsonc::decode(data) {
            Ok(decoded) => decoded.text,
            Err(_) => "",
        };
        for problem in problems.iter().chain(&complaints) {
            assert!(RULES.iter().any(|(rule, _)| *rule == problem.rule), "{}", problem.rule);
            assert!(problem.line >= 1 && problem.column >= 1 && !problem.message.is_empty());
            if problem.rule == "not-utf-8" {
                continue;
            }
            let range = &problem.range;
            assert!(range.start <= range.end && range.end <= text.len(), "{problem:?}");
            assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end), "{problem:?}");
            assert_eq!(text[..range.start].matches('\n').count() + 1, problem.line, "{problem:?}");
            assert!(!problem.one_line().is_empty());
        }
        // What the types take whole and nobody complains of is what counts.
        if problems.is_empty()
            && let Ok(plain) = serde_json::from_slice::<FileSettings>(data)
        {
            assert_eq!(plain, strict);
        }
        if let Some(layer) = layer {
            let place = Place { layer, path: "/x/settings.json".into(), root: root.map(Path::to_path_buf) };
            files.push(SettingsFile { place, bytes: data.to_vec(), settings: quick, problems: complaints });
        }
    }
    let member = || Some("ann@example.org".to_string());
    let sources = Sources {
        managed_dir: "/managed".into(),
        config_dir: "/home/u/.claude".into(),
        home: Some("/home/u".into()),
        start_dir: root.to_path_buf(),
        team_url: None,
        member: &member,
        zone_exists,
    };
    for file in &files {
        settings::join(std::slice::from_ref(file), &sources);
    }
    let all = settings::join(&files, &sources);
    let alone = settings::join(&files[..2], &sources);
    // A project adds limits and takes none away, records no less, prices nothing anew and sends nothing elsewhere.
    assert_eq!(all.limits[..alone.limits.len().min(all.limits.len())], alone.limits[..]);
    assert_eq!((all.enabled, all.warnings), (alone.enabled, alone.warnings));
    assert_eq!((&all.pricing, all.provider, &all.region), (&alone.pricing, alone.provider, &alone.region));
    assert_eq!(
        (&all.team.user, &all.team.database_url, all.team.on_stale),
        (&alone.team.user, &alone.team.database_url, alone.team.on_stale)
    );
});
