//! The connection to OpenClaw's gateway. It is optional: each failure is a state with a next step, and none is an alarm.

use crate::turns::signal::TurnSignal;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ConnectionState {
    /// Nothing was tried yet.
    #[default]
    Waiting,
    Connecting,
    /// Live events come in.
    Up {
        /// OpenClaw's version, where it said.
        version: Option<String>,
    },
    Down(ConnectionError),
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionError {
    /// The config and the environment name no token, so it is not even asked.
    NoToken,
    /// The token is behind a reference that Pilot Light does not follow.
    TokenElsewhere,
    /// Nothing listens there.
    NotRunning,
    /// It is there, and takes no connections yet.
    Starting,
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
    Connection {
        url: String,
        state: ConnectionState,
    },
    Signal(Box<TurnSignal>),
    /// Sessions whose last answer came from another model than they ask for, as the gateway listed them on connecting.
    Sessions(Vec<TurnSignal>),
}

impl ConnectionState {
    /// For machines; part of the JSON contract (`gateway.state`).
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            ConnectionState::Waiting => "waiting",
            ConnectionState::Connecting => "connecting",
            ConnectionState::Up { .. } => "connected",
            ConnectionState::Down(fault) => match fault {
                ConnectionError::NoToken | ConnectionError::TokenElsewhere => "off",
                ConnectionError::NotRunning => "notRunning",
                ConnectionError::Starting => "starting",
                ConnectionError::Unreachable(_) => "unreachable",
                ConnectionError::Tls(_) => "tls",
                ConnectionError::NotAGateway(_) => "notAGateway",
                ConnectionError::WrongToken | ConnectionError::WrongPassword => "wrongToken",
                ConnectionError::TokenWanted | ConnectionError::PasswordWanted => "tokenMissing",
                ConnectionError::PairingNeeded => "pairingNeeded",
                ConnectionError::Protocol(_) => "protocolMismatch",
                ConnectionError::NoScope => "notAllowed",
                ConnectionError::TooManyTries => "rateLimited",
                ConnectionError::Refused(_) => "refused",
                ConnectionError::Lost => "lost",
                ConnectionError::NoIdentity(_) => "noIdentity",
            },
        }
    }

    /// As a sentence without its full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        let fault = match self {
            ConnectionState::Waiting | ConnectionState::Connecting => return "Connecting to OpenClaw's gateway".to_owned(),
            ConnectionState::Up { version: Some(version) } => return format!("Connected to OpenClaw's gateway ({version})"),
            ConnectionState::Up { version: None } => return "Connected to OpenClaw's gateway".to_owned(),
            ConnectionState::Down(fault) => fault,
        };
        match fault {
            ConnectionError::NoToken | ConnectionError::TokenElsewhere => {
                "Not connected to OpenClaw's gateway: Pilot Light follows its log only".to_owned()
            }
            ConnectionError::NotRunning => "OpenClaw's gateway is not running".to_owned(),
            ConnectionError::Starting => "OpenClaw's gateway is starting".to_owned(),
            ConnectionError::Unreachable(why) => format!("OpenClaw's gateway can't be reached: {why}"),
            ConnectionError::Tls(why) => format!("No secure connection to OpenClaw's gateway: {why}"),
            ConnectionError::NotAGateway(why) => {
                format!("What answers at the gateway's address is not an OpenClaw gateway: {why}")
            }
            ConnectionError::WrongToken => "OpenClaw's gateway refused the token".to_owned(),
            ConnectionError::WrongPassword => "OpenClaw's gateway refused the password".to_owned(),
            ConnectionError::TokenWanted => "OpenClaw's gateway wants a token".to_owned(),
            ConnectionError::PasswordWanted => "OpenClaw's gateway wants a password".to_owned(),
            ConnectionError::PairingNeeded => "OpenClaw's gateway wants this device to be approved".to_owned(),
            ConnectionError::Protocol(Some(n)) => format!("OpenClaw's gateway speaks protocol {n}; Pilot Light speaks 3 and 4"),
            ConnectionError::Protocol(None) => "OpenClaw's gateway speaks another protocol than Pilot Light".to_owned(),
            ConnectionError::NoScope => "OpenClaw's gateway does not let Pilot Light see sessions".to_owned(),
            ConnectionError::TooManyTries => "OpenClaw's gateway refuses for now, after too many wrong tokens".to_owned(),
            ConnectionError::Refused(code) => format!("OpenClaw's gateway refused the connection ({code})"),
            ConnectionError::Lost => "The connection to OpenClaw's gateway was lost".to_owned(),
            ConnectionError::NoIdentity(why) => format!("Pilot Light could not keep its device key: {why}"),
        }
    }

    /// What a person can do about it, as a sentence; `None` when there is nothing to do.
    #[must_use]
    pub fn next_step(&self) -> Option<&'static str> {
        let ConnectionState::Down(fault) = self else { return None };
        match fault {
            ConnectionError::NoToken => {
                Some("Set gateway.auth.token in the config, or OPENCLAW_GATEWAY_TOKEN, to see fallbacks as they happen.")
            }
            ConnectionError::TokenElsewhere => {
                Some("The token is kept in a file, a command or a store: set OPENCLAW_GATEWAY_TOKEN for Pilot Light too.")
            }
            ConnectionError::NotRunning => Some("Start it with: openclaw gateway run"),
            ConnectionError::Unreachable(_) => Some("Check gateway.port or gateway.remote.url in the config."),
            ConnectionError::Tls(_) => Some("This system must trust its certificate, and gateway.remote.url must name its host."),
            ConnectionError::NotAGateway(_) => {
                Some("Check gateway.port or gateway.remote.url in the config: another program answers there.")
            }
            ConnectionError::WrongToken => Some(
                "gateway.auth.token in the config, or OPENCLAW_GATEWAY_TOKEN, is not the token that the gateway was started with.",
            ),
            ConnectionError::WrongPassword => {
                Some("gateway.auth.password is not the password that the gateway was started with.")
            }
            ConnectionError::TokenWanted => Some("Set gateway.auth.token in the config, or OPENCLAW_GATEWAY_TOKEN."),
            ConnectionError::PasswordWanted => Some("Set gateway.auth.password in the config."),
            ConnectionError::PairingNeeded => Some("Approve it with: openclaw devices list, then openclaw devices approve"),
            ConnectionError::Protocol(_) => Some("Update the older of the two."),
            ConnectionError::NoScope => {
                Some("Approve Pilot Light as a device: openclaw devices list, then openclaw devices approve")
            }
            ConnectionError::TooManyTries => Some("Correct the token. Pilot Light tries again in 5 minutes."),
            ConnectionError::Refused(_) => Some("OpenClaw's own log says why. Pilot Light still follows the log."),
            ConnectionError::NoIdentity(_) => Some("Check the permissions of Pilot Light's state folder."),
            ConnectionError::Starting | ConnectionError::Lost => None,
        }
    }

    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self, ConnectionState::Up { .. })
    }
}
