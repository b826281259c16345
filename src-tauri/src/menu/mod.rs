//! The native menu, kept equal to the items that the rules publish. What did not change is not touched, so that an open menu neither
//! closes nor jumps; a click carries the intent of the row as it was shown.

mod diff;

use domain::intent::Intent;
use domain::view::menu::{Item, Row};
use tauri::AppHandle;
use tauri::menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};

use diff::Step;

/// All of it is to be used on the main thread.
pub struct NativeMenu {
    app: AppHandle,
    menu: Menu<tauri::Wry>,
    items: Vec<Item>,
    nodes: Vec<Node>,
    /// Never used twice, so that a late click finds nothing.
    next_id: u64,
    #[cfg(target_os = "linux")]
    labels: crate::linux::labels::Labels,
}

struct Node {
    id: String,
    native: Native,
    intent: Option<Intent>,
    children: Vec<Node>,
}

enum Native {
    Separator(PredefinedMenuItem<tauri::Wry>),
    Row(MenuItem<tauri::Wry>),
    Check { item: CheckMenuItem<tauri::Wry>, checked: bool },
    Submenu(Submenu<tauri::Wry>),
}

impl NativeMenu {
    pub fn new(app: &AppHandle) -> tauri::Result<Self> {
        Ok(NativeMenu {
            app: app.clone(),
            menu: Menu::new(app)?,
            items: Vec::new(),
            nodes: Vec::new(),
            next_id: 0,
            #[cfg(target_os = "linux")]
            labels: crate::linux::labels::Labels::default(),
        })
    }

    /// To be called once the tray has taken the menu.
    #[cfg(target_os = "linux")]
    pub fn find_labels(&mut self) {
        self.labels = crate::linux::labels::Labels::of_tray();
    }

    pub fn native(&self) -> &Menu<tauri::Wry> {
        &self.menu
    }

    pub fn show(&mut self, items: &[Item]) -> tauri::Result<()> {
        if self.items == items {
            return Ok(());
        }
        let old = std::mem::take(&mut self.items);
        let mut nodes = std::mem::take(&mut self.nodes);
        let top = Level { parent: Parent::Top(self.menu.clone()), path: Vec::new() };
        let done = self.level(&top, &mut nodes, &old, items);
        self.nodes = nodes;
        self.items = items.to_vec();
        done
    }

    /// What a click means: nothing, if its row is gone by now.
    pub fn clicked(&self, id: &str) -> Option<Intent> {
        let node = find(&self.nodes, id)?;
        if let Native::Check { item, checked } = &node.native {
            // The toolkit has ticked it by itself; what is ticked is for the rules to say.
            if let Err(error) = item.set_checked(*checked) {
                tracing::warn!("a row of the menu can't be ticked: {error}");
            }
        }
        node.intent.clone()
    }

    fn level(&mut self, level: &Level, nodes: &mut Vec<Node>, old: &[Item], new: &[Item]) -> tauri::Result<()> {
        let (mut at, mut before, mut after) = (0, old.iter(), new.iter());
        for step in diff::steps(old, new) {
            match step {
                Step::Remove => {
                    before.next();
                    level.remove(at)?;
                    nodes.remove(at);
                }
                Step::Insert => {
                    if let Some(item) = after.next() {
                        let node = self.make(item, level.row(at))?;
                        level.insert(node.native.item(), at)?;
                        nodes.insert(at, node);
                        at += 1;
                    }
                }
                Step::Keep => {
                    if let (Some(was), Some(item), Some(node)) = (before.next(), after.next(), nodes.get_mut(at)) {
                        self.update(node, was, item, level.row(at))?;
                    }
                    at += 1;
                }
            }
        }
        Ok(())
    }

    fn make(&mut self, item: &Item, path: Vec<usize>) -> tauri::Result<Node> {
        self.next_id += 1;
        let id = self.next_id.to_string();
        let (mut intent, mut children) = (None, Vec::new());
        let native = match item {
            Item::Separator => Native::Separator(PredefinedMenuItem::separator(&self.app)?),
            Item::Row(Row { label, intent: meaning, checked }) => {
                intent.clone_from(meaning);
                let (label, enabled) = (literal(label), meaning.is_some());
                match *checked {
                    Some(checked) => {
                        let item = CheckMenuItem::with_id(&self.app, &id, label, enabled, checked, None::<&str>)?;
                        Native::Check { item, checked }
                    }
                    None => Native::Row(MenuItem::with_id(&self.app, &id, label, enabled, None::<&str>)?),
                }
            }
            Item::Submenu { label, rows } => {
                let submenu = Submenu::with_id(&self.app, &id, literal(label), true)?;
                self.level(&Level { parent: Parent::Sub(submenu.clone()), path }, &mut children, &[], rows)?;
                Native::Submenu(submenu)
            }
        };
        Ok(Node { id, native, intent, children })
    }

    fn update(&mut self, node: &mut Node, old: &Item, new: &Item, path: Vec<usize>) -> tauri::Result<()> {
        if old == new {
            return Ok(());
        }
        match (&mut node.native, old, new) {
            (Native::Row(item), Item::Row(old), Item::Row(new)) if old.label != new.label => {
                item.set_text(literal(&new.label))?
            }
            (Native::Check { item, checked }, Item::Row(old), Item::Row(new)) => {
                if old.label != new.label {
                    item.set_text(literal(&new.label))?;
                }
                *checked = new.checked.unwrap_or_default();
                item.set_checked(*checked)?;
            }
            (Native::Submenu(item), Item::Submenu { label, rows }, Item::Submenu { label: new_label, rows: new_rows }) => {
                if label != new_label {
                    item.set_text(literal(new_label))?;
                    #[cfg(target_os = "linux")]
                    self.labels.set(&path, new_label);
                }
                let level = Level { parent: Parent::Sub(item.clone()), path };
                self.level(&level, &mut node.children, rows, new_rows)?;
            }
            _ => {}
        }
        Ok(())
    }
}

impl Native {
    fn item(&self) -> &dyn IsMenuItem<tauri::Wry> {
        match self {
            Native::Separator(it) => it,
            Native::Row(it) => it,
            Native::Check { item, .. } => item,
            Native::Submenu(it) => it,
        }
    }
}

struct Level {
    parent: Parent,
    /// From the top: which row of each level leads here.
    path: Vec<usize>,
}

enum Parent {
    Top(Menu<tauri::Wry>),
    Sub(Submenu<tauri::Wry>),
}

impl Level {
    fn row(&self, at: usize) -> Vec<usize> {
        self.path.iter().copied().chain([at]).collect()
    }

    fn insert(&self, item: &dyn IsMenuItem<tauri::Wry>, at: usize) -> tauri::Result<()> {
        match &self.parent {
            Parent::Top(menu) => menu.insert(item, at),
            Parent::Sub(menu) => menu.insert(item, at),
        }
    }

    fn remove(&self, at: usize) -> tauri::Result<()> {
        match &self.parent {
            Parent::Top(menu) => menu.remove_at(at).map(drop),
            Parent::Sub(menu) => menu.remove_at(at).map(drop),
        }
    }
}

fn find<'a>(nodes: &'a [Node], id: &str) -> Option<&'a Node> {
    nodes.iter().find_map(|it| if it.id == id { Some(it) } else { find(&it.children, id) })
}

/// Native menus read `&` as the mark of a shortcut letter.
fn literal(label: &str) -> String {
    label.replace('&', "&&")
}
