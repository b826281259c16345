//! Which names stand before a secret. Held to what OpenClaw itself redacts: `tests/fixtures/openclaw/redacted-names.json`.

/// A key with one of these in its name holds a secret, and so does all below it.
const PARTS: [&str; 25] = [
    "passphrase",
    "passcode",
    "apikey",
    "apitoken",
    "token",
    "secret",
    "password",
    "passwd",
    "authorization",
    "credential",
    "privatekey",
    "accesskey",
    "encryptkey",
    "encryptionkey",
    "signingkey",
    "keymaterial",
    "serviceaccount",
    "jwt",
    "mnemonic",
    "seedphrase",
    "webhook",
    "cookie",
    "bearer",
    "connectionstring",
    "securitycode",
];
/// Alone, and before a text, these name a secret; before an object they name something else.
const WHOLE: [&str; 16] = [
    "key",
    "pass",
    "pat",
    "pin",
    "otp",
    "session",
    "signature",
    "sig",
    "dsn",
    "cvc",
    "cvv",
    "cardnumber",
    "cardcvc",
    "cardcvv",
    "xamzsignature",
    "seed",
];
/// So much of a name says that it is about something else: a number of tokens, the name of a field or of a file.
const NOT: [&str; 4] = ["maxtokens", "tokencount", "tokenlimit", "tokenbudget"];
const NOT_AT_THE_END: [&str; 2] = ["tokens", "passwordfile"];
/// Any value inside one of these may be a secret.
pub(crate) const FOLDERS: [&str; 4] = ["headers", "env", "tls", "cookies"];
/// What a query says beside secrets.
const PLAIN_QUERIES: [&str; 7] = ["apiversion", "version", "v", "model", "deployment", "alt", "format"];

fn letters(name: &str) -> String {
    name.chars().filter(|it| it.is_alphanumeric()).map(|it| it.to_ascii_lowercase()).collect()
}

/// Whether what stands below this key is a secret, all of it.
pub(super) fn is_secret(name: &str) -> bool {
    // The shortest of the names has three letters; many keys are ruled out here.
    if name.len() < 3 {
        return false;
    }
    let name = letters(name);
    PARTS.iter().any(|part| name.contains(part))
        && !NOT.iter().any(|part| name.contains(part))
        && !NOT_AT_THE_END.iter().any(|end| name.ends_with(end))
}

/// Whether a text that stands right after this key is a secret.
pub(super) fn is_secret_before_text(name: &str) -> bool {
    is_secret(name) || WHOLE.contains(&letters(name).as_str())
}

/// Whether a number is one, too: a password may be digits alone.
pub(super) fn is_secret_before_number(name: &str) -> bool {
    let letters = letters(name);
    is_secret(name)
        && ["token", "password", "passwd", "passphrase", "passcode", "secret", "apikey"].iter().any(|end| letters.ends_with(end))
        || ["pin", "otp", "pass", "cvc", "cvv"].contains(&letters.as_str())
}

/// Whether a key holds names of any kind with secrets behind them: `headers`, `extra_headers`, `env`.
pub(super) fn is_folder(name: &str) -> bool {
    let name = letters(name);
    FOLDERS.contains(&name.as_str()) || name.ends_with("headers")
}

/// Whether the value of a query of this name may be shown.
pub(super) fn is_plain_query(name: &str) -> bool {
    PLAIN_QUERIES.contains(&letters(name).as_str())
}
