//! The link to OpenClaw's gateway: optional, so each way it can fail is a state with a next step, and none of them is an alarm.

use crate::sign::Sign;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Nothing was tried yet.
    #[default]
    Waiting,
    Connecting,
    /// Live events come in.
    Up {
        /// OpenClaw's version, where it said.
        version: Option<String>,
    },
    Down(Fault),
}

/// Why there is no link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The config and the environment name no token, so it is not even asked.
    NoToken,
    /// The token is behind a reference that Pilot Light does not follow.
    TokenElsewhere,
    /// Nothing listens there.
    NotRunning,
    /// It can't be reached: why, in a few words.
    Unreachable(String),
    Tls(String),
    /// What answers there is no gateway: what it said, in a few words.
    NotAGateway(String),
    WrongToken,
    TokenWanted,
    PasswordWanted,
    WrongPassword,
    PairingNeeded,
    /// The protocol that it wants, where it said.
    Protocol(Option<u32>),
    /// Connected, and not allowed to see sessions.
    NoScope,
    TooManyTries,
    /// Refused for a reason that Pilot Light does not know: OpenClaw's own code.
    Refused(String),
    /// It was there and went silent, or hung up.
    Lost,
    /// This app's own key could not be kept: why.
    NoIdentity(String),
}

/// What the socket reports.
#[derive(Clone, Debug, PartialEq)]
pub enum GatewayEvent {
    /// The address that is meant, and how it stands.
    Link {
        url: String,
        link: Link,
    },
    Sign(Box<Sign>),
    /// Sessions whose last answer came from another model than they ask for, as the gateway listed them on connecting.
    Sessions(Vec<Sign>),
}

impl Link {
    /// For machines; part of the JSON contract (`gateway.state`).
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Link::Waiting => "waiting",
            Link::Connecting => "connecting",
            Link::Up { .. } => "connected",
            Link::Down(fault) => match fault {
                Fault::NoToken | Fault::TokenElsewhere => "off",
                Fault::NotRunning => "notRunning",
                Fault::Unreachable(_) => "unreachable",
                Fault::Tls(_) => "tls",
                Fault::NotAGateway(_) => "notAGateway",
                Fault::WrongToken | Fault::WrongPassword => "wrongToken",
                Fault::TokenWanted | Fault::PasswordWanted => "tokenMissing",
                Fault::PairingNeeded => "pairingNeeded",
                Fault::Protocol(_) => "protocolMismatch",
                Fault::NoScope => "notAllowed",
                Fault::TooManyTries => "rateLimited",
                Fault::Refused(_) => "refused",
                Fault::Lost => "lost",
                Fault::NoIdentity(_) => "noIdentity",
            },
        }
    }

    /// As a sentence without its full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        let fault = match self {
            Link::Waiting | Link::Connecting => return "Connecting to OpenClaw's gateway".to_owned(),
            Link::Up { version: Some(version) } => return format!("Connected to OpenClaw's gateway ({version})"),
            Link::Up { version: None } => return "Connected to OpenClaw's gateway".to_owned(),
            Link::Down(fault) => fault,
        };
        match fault {
            Fault::NoToken | Fault::TokenElsewhere => "Not connected to OpenClaw's gateway: it follows the log alone".to_owned(),
            Fault::NotRunning => "OpenClaw's gateway is not running".to_owned(),
            Fault::Unreachable(why) => format!("OpenClaw's gateway can't be reached: {why}"),
            Fault::Tls(why) => format!("No secure connection to OpenClaw's gateway: {why}"),
            Fault::NotAGateway(why) => format!("What answers at the gateway's address is no OpenClaw gateway: {why}"),
            Fault::WrongToken => "OpenClaw's gateway refused the token".to_owned(),
            Fault::WrongPassword => "OpenClaw's gateway refused the password".to_owned(),
            Fault::TokenWanted => "OpenClaw's gateway wants a token".to_owned(),
            Fault::PasswordWanted => "OpenClaw's gateway wants a password".to_owned(),
            Fault::PairingNeeded => "OpenClaw's gateway wants this device to be approved".to_owned(),
            Fault::Protocol(Some(n)) => format!("OpenClaw's gateway speaks protocol {n}, and Pilot Light 3 and 4"),
            Fault::Protocol(None) => "OpenClaw's gateway speaks another protocol than Pilot Light".to_owned(),
            Fault::NoScope => "OpenClaw's gateway does not let Pilot Light see sessions".to_owned(),
            Fault::TooManyTries => "OpenClaw's gateway refuses for now, after too many wrong tokens".to_owned(),
            Fault::Refused(code) => format!("OpenClaw's gateway refused the connection ({code})"),
            Fault::Lost => "The connection to OpenClaw's gateway was lost".to_owned(),
            Fault::NoIdentity(why) => format!("Pilot Light could not keep its device key: {why}"),
        }
    }

    /// What a person can do about it, as a sentence; `None` when there is nothing to do.
    #[must_use]
    pub fn next_step(&self) -> Option<&'static str> {
        let Link::Down(fault) = self else { return None };
        match fault {
            Fault::NoToken => {
                Some("Set gateway.auth.token in the config, or OPENCLAW_GATEWAY_TOKEN, to see fallbacks as they happen.")
            }
            Fault::TokenElsewhere => {
                Some("The token is kept in a file, a command or a store: set OPENCLAW_GATEWAY_TOKEN for Pilot Light too.")
            }
            Fault::NotRunning => Some("Start it with: openclaw gateway run"),
            Fault::Unreachable(_) => Some("Look at gateway.port or gateway.remote.url in the config."),
            Fault::Tls(_) => {
                Some("Its certificate has to be one that this system trusts, and gateway.remote.url has to name its host.")
            }
            Fault::NotAGateway(_) => {
                Some("Look at gateway.port or gateway.remote.url in the config: another program answers there.")
            }
            Fault::WrongToken => Some(
                "gateway.auth.token in the config, or OPENCLAW_GATEWAY_TOKEN, is not the token that the gateway was started with.",
            ),
            Fault::WrongPassword => Some("gateway.auth.password is not the password that the gateway was started with."),
            Fault::TokenWanted => Some("Set gateway.auth.token in the config, or OPENCLAW_GATEWAY_TOKEN."),
            Fault::PasswordWanted => Some("Set gateway.auth.password in the config."),
            Fault::PairingNeeded => Some("Approve it with: openclaw devices list, then openclaw devices approve"),
            Fault::Protocol(_) => Some("Update the older of the two."),
            Fault::NoScope => Some("Approve Pilot Light as a device: openclaw devices list, then openclaw devices approve"),
            Fault::TooManyTries => Some("Mend the token; it is tried again in some minutes."),
            Fault::Refused(_) => Some("The log follows all the same. OpenClaw's own log says why."),
            Fault::NoIdentity(_) => Some("Look at the permissions of Pilot Light's state folder."),
            Fault::Lost => None,
        }
    }

    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self, Link::Up { .. })
    }
}
