//! Every key of a configuration file, with its default and its meaning: one table, of which the commented example and
//! the schema for editors are made. Tests hold it to what the reader asks for.

/// One table of a file.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name as it is written; empty for the keys that stand before all tables.
    pub name: &'static str,
    /// What it is for, in sentences.
    pub about: &'static str,
    /// Its keys.
    pub settings: &'static [Setting],
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    /// What may be said.
    pub kind: Kind,
    /// Its default, or where there is none an example, as TOML.
    pub written: &'static str,
    /// What it means, in sentences.
    pub about: &'static str,
}

/// What a key may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A list of texts.
    Texts,
    /// True or false.
    Switch,
    /// A whole number from 1 to the greatest that makes sense.
    Whole(u32),
    /// One of these words.
    Words(&'static [&'static str]),
    /// A span of time, for example `1d12h`.
    Span,
    /// A colour: its name, `#87d7ff`, or 0 to 255.
    Color,
}

const fn setting(key: &'static str, kind: Kind, written: &'static str, about: &'static str) -> Setting {
    Setting { key, kind, written, about }
}

const BACKEND: Setting = setting(
    "backend",
    Kind::Words(&["embedded", "remote"]),
    "\"embedded\"",
    "Where the registrations are: embedded (in this process) or remote (behind an HTTP endpoint; so if there is a url).",
);
const REMOTE_BACKEND: Setting = Setting { written: "\"remote\"", about: "See above.", ..BACKEND };
const READ_ONLY: Setting =
    setting("read_only", Kind::Switch, "false", "Refuse every write (also --read-only, REGDESK_READ_ONLY=1).");
const ROLE: Setting = setting(
    "role",
    Kind::Words(&["operator", "support"]),
    "\"operator\"",
    "Who works with it: operator (sees everything, and can mask it), or support (personal data is masked; one field of a \
     registration can be shown for 30 seconds, and that is written down with the registration).",
);
const PRODUCTION: Setting = setting(
    "production",
    Kind::Switch,
    "false",
    "Show this profile in a colour of its own, so that nobody takes it for a test.",
);
const URL: Setting = setting(
    "url",
    Kind::Text,
    "\"https://api.verifik.co\"",
    "Base URL, https unless it is on this machine. No default.",
);

/// The keys of an embedded profile.
const EMBEDDED: &[Setting] = &[
    BACKEND,
    setting(
        "data_dir",
        Kind::Text,
        "\"~/.local/share/regdesk\"",
        "The store's directory. `~/` is the home directory, a relative path starts at this file. Without it: the data \
         directory of the system for `local`, and a directory of the profile's name below that for any other.",
    ),
    READ_ONLY,
    ROLE,
    PRODUCTION,
];

const STORE: Setting = setting(
    "store",
    Kind::Text,
    "\"postgres://regdesk@db.example.com/regdesk\"",
    "The database: postgres://user@host:port/database, without a password. It makes its tables itself.",
);

/// The keys of an embedded profile whose store is a database.
const SHARED: &[Setting] = &[
    STORE,
    setting(
        "store_password_env",
        Kind::Text,
        "\"REGDESK_STORE_PASSWORD\"",
        "The environment variable that holds the password, where the database asks for one.",
    ),
    setting(
        "allow_plain_store",
        Kind::Switch,
        "false",
        "Allow an unencrypted way to a database on another machine; on this machine it is never encrypted.",
    ),
    setting(
        "project",
        Kind::Text,
        "\"667f0b92e4d1c8a7350f6b29\"",
        "Only this project's registrations are listed and followed, by its id (`regdesk projects`): a console reads that \
         much less. Without it, all of them.",
    ),
    setting(
        "claim_lease_seconds",
        Kind::Whole(10_000),
        "60",
        "How long a claim of a console holds that has gone without a word, seconds. It is renewed three times in that \
         time.",
    ),
    setting("data_dir", Kind::Text, "\"~/.local/share/regdesk/team\"", "Where this machine keeps its outbox."),
];

/// The keys of a remote profile.
const REMOTE: &[Setting] = &[
    REMOTE_BACKEND,
    URL,
    setting(
        "dialect",
        Kind::Words(&["auto", "overview", "live"]),
        "\"auto\"",
        "What the endpoint speaks: auto (found out by asking), overview or live.",
    ),
    setting("token_env", Kind::Text, "\"VERIFIK_TOKEN\"", "The environment variable that holds the token. No default."),
    READ_ONLY,
    ROLE,
    PRODUCTION,
    setting(
        "mirror",
        Kind::Words(&["memory", "disk", "off"]),
        "\"memory\"",
        "What becomes of what was read: memory (all of it, while the program runs), disk (kept for mirror_hours as well, \
         in a file of mode 0600; `regdesk cache clear` deletes it), or off (only the newest hundred are read).",
    ),
    setting("mirror_hours", Kind::Whole(10_000), "24", "How long a mirror on disk is believed, hours."),
    setting(
        "requests_per_second",
        Kind::Whole(10_000),
        "20",
        "How many requests go out a second at most; without it they go out as they come.",
    ),
    setting(
        "allow_plain_http",
        Kind::Switch,
        "false",
        "Allow http:// to another machine, which sends the token unencrypted.",
    ),
];

const SECRET_ENV: Setting = setting(
    "secret_env",
    Kind::Text,
    "\"WEBHOOK_SECRET\"",
    "The environment variable that holds the secret: deliveries are signed with it, or senders have to know it.",
);
const SECRET_FILE: Setting = setting(
    "secret_file",
    Kind::Text,
    "\"~/.config/regdesk/webhook.secret\"",
    "A file of mode 0600 that holds the secret, instead of secret_env.",
);

/// All tables whose keys have fixed names, in the order of the example.
pub const TABLES: &[Table] = &[
    Table {
        name: "",
        about: "",
        settings: &[
            setting(
                "profile",
                Kind::Text,
                "\"local\"",
                "The profile in use when neither --profile nor REGDESK_PROFILE names one.",
            ),
            setting(
                "operator",
                Kind::Text,
                "\"ana\"",
                "What you are called, as it stands with your claims, verdicts, snoozes and notes (also REGDESK_OPERATOR). \
                 Without it: your login name.",
            ),
        ],
    },
    Table {
        name: "profiles.local",
        about: "The embedded engine in this process, on disk. This profile exists without being written down.",
        settings: EMBEDDED,
    },
    Table {
        name: "profiles.local.webhooks",
        about: "Webhooks of an embedded profile: `regdesk serve` tells them what happens in their projects. What happens \
                while nothing serves is kept, and what is not heard is told again, for two days.",
        settings: &[SECRET_ENV],
    },
    Table {
        name: "profiles.local.webhooks.to",
        about: "URLs by name or id of the project; \"*\" stands for all others. https, unless it is on this machine.",
        settings: &[setting("\"Aldea Bank\"", Kind::Text, "\"https://hooks.example.com/kyc\"", "For example:")],
    },
    Table {
        name: "profiles.team",
        about: "The embedded engine over a database that others work with as well: PostgreSQL, or what speaks its \
                protocol (`regdesk help team`).",
        settings: SHARED,
    },
    Table {
        name: "profiles.branch",
        about: "A database whose password is in a file.",
        settings: &[
            STORE,
            setting(
                "store_password_file",
                Kind::Text,
                "\"~/.config/regdesk/store.password\"",
                "The file that holds the password; only its owner may read it (mode 0600).",
            ),
        ],
    },
    Table {
        name: "profiles.headquarters",
        about: "A database whose password comes from a password manager.",
        settings: &[
            STORE,
            setting(
                "store_password_command",
                Kind::Texts,
                "[\"pass\", \"show\", \"regdesk-store\"]",
                "The command that prints the password, as program and arguments; no shell is involved.",
            ),
        ],
    },
    Table {
        name: "profiles.production",
        about: "A remote whose token is in an environment variable. There is no built-in remote: url and one source of a \
                token are needed.",
        settings: REMOTE,
    },
    Table {
        name: "profiles.production.webhooks",
        about: "Webhooks of a remote profile: where the console listens for what the service delivers, so that it shows \
                changes at once.",
        settings: &[
            setting(
                "listen",
                Kind::Text,
                "\"127.0.0.1:8790\"",
                "Deliveries go to /hooks at this address. Another machine can only reach it if there is a secret.",
            ),
            SECRET_FILE,
        ],
    },
    Table {
        name: "profiles.staging",
        about: "A remote whose token is in a file.",
        settings: &[
            URL,
            setting(
                "token_file",
                Kind::Text,
                "\"~/.config/regdesk/staging.token\"",
                "The file that holds the token; only its owner may read it (mode 0600).",
            ),
        ],
    },
    Table {
        name: "profiles.vault",
        about: "A remote whose token comes from a password manager.",
        settings: &[
            URL,
            setting(
                "token_command",
                Kind::Texts,
                "[\"pass\", \"show\", \"verifik\"]",
                "The command that prints the token, as program and arguments; no shell is involved.",
            ),
        ],
    },
    Table {
        name: "profiles.desktop",
        about: "A remote whose token is in the system's keyring, where the program is built with it.",
        settings: &[URL, setting("token_keyring", Kind::Text, "\"verifik\"", "The entry that holds the token.")],
    },
    Table {
        name: "ui",
        about: "The look of the console.",
        settings: &[
            setting(
                "theme",
                Kind::Words(&["auto", "dark", "light", "high-contrast", "colour-blind", "own", "none"]),
                "\"auto\"",
                "Colours: auto (dark or light, as the terminal's background is), dark, light, high-contrast, \
                 colour-blind, own (those of the table [theme] below) or none (the terminal's own; also --no-color, \
                 NO_COLOR). ctrl+t goes round them.",
            ),
            setting(
                "mouse",
                Kind::Switch,
                "true",
                "Listen to the mouse. Off leaves selecting text to the terminal; most terminals also do it while shift \
                 is held. ctrl+o does it for the moment.",
            ),
            setting(
                "decision_keys",
                Kind::Switch,
                "true",
                "Keys that open a decision at once (approve, reject, review under [keys]); it is confirmed by typing how \
                 many it decides all the same. Off leaves the dialog of decide alone.",
            ),
            setting(
                "plain",
                Kind::Switch,
                "false",
                "Linear text for screen readers: labels before values, one thing a line, no drawing, the cursor at what \
                 is selected (also --plain).",
            ),
            setting(
                "ascii",
                Kind::Switch,
                "false",
                "Draw lines and signs with ASCII only. Without it: where the terminal or its locale knows no others.",
            ),
        ],
    },
    Table {
        name: "theme",
        about: "Colours of your own, by meaning: a name (black, red, green, yellow, blue, magenta, cyan, white, the same \
                with bright- before it, or default), \"#87d7ff\", or a number from 0 to 255. What is left out is taken \
                from the theme below. Where the terminal has fewer colours, the nearest is shown.",
        settings: &[
            setting(
                "base",
                Kind::Words(&["auto", "dark", "light", "high-contrast", "colour-blind"]),
                "\"auto\"",
                "What lies below: auto, dark, light, high-contrast or colour-blind.",
            ),
            setting("text", Kind::Color, "\"default\"", "What is read."),
            setting("background", Kind::Color, "\"default\"", "What lies behind it."),
            setting("dim", Kind::Color, "247", "Labels, units, what is over."),
            setting("title", Kind::Color, "117", "Headings."),
            setting("accent", Kind::Color, "117", "Keys and places where one may act."),
            setting("ok", Kind::Color, "114", "Passed."),
            setting("attention", Kind::Color, "221", "Somebody has to look."),
            setting("bad", Kind::Color, "210", "Failed or dangerous."),
            setting("info", Kind::Color, "110", "Under way."),
            setting("production", Kind::Color, "213", "The name of a profile with real people."),
            setting("read_only", Kind::Color, "221", "The word that nothing can be changed."),
            setting("border", Kind::Color, "247", "Lines around dialogs and between panes."),
        ],
    },
    Table {
        name: "queue",
        about: "The queue of the console.",
        settings: &[setting(
            "columns",
            Kind::Texts,
            "[\"status\", \"stuck\", \"age\", \"flags\", \"country\", \"owner\"]",
            "The columns after the name, which always comes first; without it, what there is room for. Also chosen at the \
             console, which remembers that. Known: status, step, age, turn, stuck, link, flags, risk, project, owner, id, \
             created, flow, updated, email, phone, country, attempts, face, liveness, links. For example:",
        )],
    },
    Table {
        name: "limits.D-02",
        about: "How long a registration may wait, by way of being stuck (`regdesk rules --stuck` lists them) or by step. \
                What is left out stays as it is; a way's limit stands over its step's.",
        settings: &[
            setting("warn", Kind::Span, "\"1m\"", "From then on it is worth a look."),
            setting("stuck", Kind::Span, "\"5m\"", "From then on it is stuck."),
        ],
    },
    Table {
        name: "limits.document_verification",
        about: "The same for all that wait at a step.",
        settings: &[setting("give_up", Kind::Span, "\"7d\"", "From then on there is little hope.")],
    },
    Table {
        name: "projects.\"Aldea Bank\".limits.M-01",
        about: "The same for one project, by its name or id; stands over what is said for all.",
        settings: &[setting("stuck", Kind::Span, "\"4h\"", "For example:")],
    },
    Table {
        name: "reasons.branch_visit",
        about: "Reasons for decisions: a table for each code, which replaces the built-in reason of that name or adds \
                one. An unknown --reason lists those in use.",
        settings: &[
            setting("for", Kind::Texts, "[\"review\"]", "With which decisions it is offered: approve, reject, review."),
            setting("label", Kind::Text, "\"The person was asked to come to a branch.\"", "One sentence."),
            setting("note", Kind::Switch, "true", "Whether it has to be explained in words; false without it."),
            setting("enabled", Kind::Switch, "true", "False takes a built-in reason away."),
        ],
    },
    Table {
        name: "views.\"our banks\"",
        about: "Views of your own, on the number keys beside the built-in ones (my turn, stuck, breached, manual review, \
                flagged high, new today, came back). A built-in view of the same name is replaced. Also `regdesk list \
                --view NAME`.",
        settings: &[
            setting("query", Kind::Text, "\"project:bank turn:operator -snoozed\"", "What it finds."),
            setting("sort", Kind::Text, "\"updated:asc\"", "Its order; urgency without it."),
            setting("key", Kind::Whole(9), "8", "The number of its key, if you insist."),
            setting("enabled", Kind::Switch, "true", "False takes a built-in view away."),
        ],
    },
];

/// The key that every rule has beside its numbers.
pub const RULE: Setting = setting("enabled", Kind::Switch, "true", "Whether the rule is asked at all.");

/// The lists that rules go by, to which the house may add files of its own.
pub const LISTS: &[(&str, &str)] = &[
    ("disposable_mail", "Mail domains that anybody is given for minutes."),
    ("mail_relays", "Mail domains that forward to another address, and are not disposable."),
    ("mail_providers", "Mail domains that many people have."),
    ("automated_clients", "Words in the names of clients that no person sits in front of."),
    ("network_countries", "A network and the code of its country."),
    ("anonymous_networks", "Networks of VPN services, open proxies and Tor exits."),
    ("phone_numbers", "A calling code with the lengths of its numbers."),
];
