//! What a shell shows, and what it is asked to do.

use domain::intent::Show;
use domain::notify::notice::Notice;
use domain::view::View;
use domain::view::menu::Item;
use domain::{Now, Overall, State, Status};

/// Published only when something of it changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    pub view: View,
    pub menu: Vec<Item>,
    pub tooltip: String,
    pub status: Status,
    /// The exit code of `pilotlight check`.
    pub exit_code: u8,
    /// The config and the log were read, and every server probed at least once.
    pub settled: bool,
}

impl Published {
    pub(crate) fn of(state: &State, now: &Now) -> Self {
        let view = domain::view(state, now);
        Published {
            menu: domain::view::menu::menu(state, &view, now),
            tooltip: domain::view::menu::tooltip(state, &view, now),
            view,
            status: domain::status(state, now),
            exit_code: domain::exit_code(state),
            settled: state.is_settled(),
        }
    }

    #[must_use]
    pub fn overall(&self) -> Overall {
        self.view.overall
    }
}

#[derive(Debug)]
pub enum ShellCommand {
    Notify(Notice),
    Show(Show),
    CopyText(String),
    Quit,
}
