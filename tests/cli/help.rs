//! What the program tells about itself.

use crate::User;

#[test]
fn a_topic_is_plain_text_for_a_narrow_terminal() {
    let user = User::new();
    for topic in ["operators", "integrators"] {
        let page = user.run(&["help", topic]).ok();
        assert!(page.lines().count() > 60, "{page}");
        for line in page.lines() {
            assert!(line.chars().count() <= 80, "{topic}: {line}");
            assert!(!line.starts_with(['#', '|', '`', '!']) && !line.contains("**"), "{topic}: {line}");
        }
        assert!(!page.contains('\u{1b}'));
    }
}

#[test]
fn every_command_has_an_example() {
    let user = User::new();
    let commands = |words: &[&str]| {
        let help = user.run(&[words, &["--help"]].concat()).ok();
        let listed = help.split("Commands:\n").nth(1).unwrap_or_default();
        let names = listed.lines().take_while(|line| line.starts_with("  "));
        let names = names.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
        names.filter(|name| *name != "help").map(str::to_owned).collect::<Vec<_>>()
    };
    let all = commands(&[]);
    assert!(all.len() > 30, "{all:?}");
    for name in all.iter().map(String::as_str) {
        let below = commands(&[name]);
        for words in std::iter::once(vec![name]).chain(below.iter().map(|below| vec![name, below.as_str()])) {
            let help = user.run(&[&words[..], &["--help"]].concat()).ok();
            assert!(help.contains("Example: regdesk") || help.contains("regdesk "), "{words:?}: {help}");
            assert!(help.contains("Example"), "{words:?}: {help}");
        }
    }
}

#[test]
fn help_lists_the_topics_and_tells_of_commands_what_they_tell_themselves() {
    let user = User::new();
    let all = user.run(&["help"]).ok();
    assert_eq!(all, user.run(&["--help"]).ok());
    assert!(all.contains("regdesk help operators") && all.contains("regdesk help integrators"), "{all}");
    assert_eq!(user.run(&["help", "list"]).ok(), user.run(&["list", "--help"]).ok());
    assert_eq!(user.run(&["help", "config", "show"]).ok(), user.run(&["config", "show", "--help"]).ok());
    assert!(user.run(&["help", "help"]).ok().contains("integrators"));
    assert!(user.run(&["help", "operator"]).failed(2).contains("did you mean `operators`"));
    user.run(&["help", "config", "nosuch"]).failed(2);
}
