//! The labels of submenus. muda 0.20 draws them in a box of its own, where its `set_text` does not reach them; this does, so that
//! a row with a submenu can change in place as any other.

use gtk::glib::SendWeakRef;
use gtk::prelude::*;

/// The tray's menu as GTK knows it. It may travel between threads, but is to be used on the main one.
#[derive(Default)]
pub struct Labels {
    menu: Option<SendWeakRef<gtk::Menu>>,
}

impl Labels {
    /// Of the one menu that belongs to no widget: the tray's, once the tray has taken it.
    pub fn of_tray() -> Self {
        let menus = gtk::Window::list_toplevels().into_iter().filter_map(|it| it.downcast::<gtk::Window>().ok()?.child());
        let menu = menus.filter_map(|it| it.downcast::<gtk::Menu>().ok()).find(|it| it.attach_widget().is_none());
        Labels { menu: menu.map(|it| it.downgrade().into()) }
    }

    /// `path` leads to the row, by its place in each level.
    pub fn set(&self, path: &[usize], text: &str) {
        let Some((&last, above)) = path.split_last() else { return };
        let mut level = self.menu.as_ref().and_then(|it| it.upgrade());
        for place in above {
            let submenu = level.and_then(|it| row(&it, *place)?.submenu());
            level = submenu.and_then(|it| it.downcast::<gtk::Menu>().ok());
        }
        match level.and_then(|it| label_in(row(&it, last)?.upcast())) {
            // It reads `_` as the mark of a shortcut letter.
            Some(label) => label.set_label(&text.replace('_', "__")),
            None => tracing::debug!("the row to relabel is not there"),
        }
    }
}

fn row(menu: &gtk::Menu, place: usize) -> Option<gtk::MenuItem> {
    menu.children().into_iter().nth(place)?.downcast().ok()
}

fn label_in(widget: gtk::Widget) -> Option<gtk::Label> {
    match widget.downcast::<gtk::Label>() {
        Ok(label) => Some(label),
        Err(other) => other.downcast::<gtk::Container>().ok()?.children().into_iter().find_map(label_in),
    }
}
