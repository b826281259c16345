//! What runs beside the actor and waits for files and for the disk, so that the actor never does.

mod config_file;
mod settings_file;
mod sweep;

use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::time::Duration;

use domain::Event;
use tokio::runtime::Handle as Runtime;
use tokio::sync::{mpsc, oneshot};

pub(crate) use config_file::{ConfigCommand, ConfigFile, Edit};
pub(crate) use settings_file::{SetSettings, SettingsFile};

use crate::config::{Wake, Watch};
use crate::gateway::GatewayConnector;
use crate::history::History;
use crate::inbox::EventSender;
use crate::options::Options;
use crate::published::ShellCommand;

/// An editor writes in several steps: a change counts after this long without another.
const CONFIG_QUIET: Duration = Duration::from_millis(40);
const SETTINGS_QUIET: Duration = Duration::from_millis(100);
/// A slow disk keeps the app neither from notifying nor from ending.
const LONGEST_FLUSH: Duration = Duration::from_secs(1);

/// Sends commands to the threads of the files.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    pub(crate) config: Sender<Wake<ConfigCommand>>,
    pub(crate) settings: Sender<Wake<SetSettings>>,
}

/// Reads all that reports to the actor, in the order in which the rules need it: the settings, the config, what was kept, and only then
/// the gateway's log and socket. Each is followed from then on. `recalled` hears when what was kept is handled.
pub(crate) fn start(
    config: PathBuf,
    options: &Options,
    history: History,
    events: EventSender,
    recalled: oneshot::Sender<()>,
) -> Files {
    let runtime = Runtime::current();
    let (settings, backups) = (options.settings_path(), options.backups());
    let (connector, gateway) = GatewayConnector::new(&config, options);
    let (config_watch, settings_watch) = (Watch::new(CONFIG_QUIET), Watch::new(SETTINGS_QUIET));
    let files = Files { config: config_watch.sender(), settings: settings_watch.sender() };
    std::thread::spawn({
        let (config, options) = (config.clone(), options.clone());
        move || sweep::sweep(&config, &options)
    });
    std::thread::spawn(move || {
        let settings_file = SettingsFile::new(settings, settings_watch, events.clone());
        settings_file.read();
        std::thread::spawn(move || settings_file.run());
        let mut config_file = ConfigFile::new(&config, backups, config_watch, connector, events.clone());
        config_file.read();
        runtime.spawn(async move {
            let kept = history.recall().await;
            let bookmark = domain::Persisted::of(&kept.values).and_then(|it| it.bookmark);
            let _ = events.send(Event::Recalled(Box::new(kept))).await;
            events.published().await;
            let _ = recalled.send(());
            gateway.start(bookmark, events);
        });
        config_file.run();
    });
    files
}

/// Hands commands on once the history before them is on the disk. After a crash before that, a notice is made once more; after it, the next
/// start finds the notice. Nothing is kept before `recalled`.
pub(crate) async fn send_after_flush(
    mut commands: mpsc::UnboundedReceiver<ShellCommand>,
    recalled: oneshot::Receiver<()>,
    history: History,
    shell: mpsc::UnboundedSender<ShellCommand>,
) {
    let _ = tokio::time::timeout(LONGEST_FLUSH, recalled).await;
    while let Some(command) = commands.recv().await {
        let _ = tokio::time::timeout(LONGEST_FLUSH, history.flush()).await;
        let _ = shell.send(command);
    }
}
