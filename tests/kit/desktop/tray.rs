//! The tray as a panel sees it: the icon's file and the menu, read and clicked over D-Bus.

use std::collections::HashMap;

use zbus::zvariant::{OwnedValue, Structure, Value};
use zbus::{Connection, Proxy};

use super::host::Host;
use super::until_seen;

#[derive(Debug)]
pub struct Tray {
    bus: Connection,
    name: String,
    path: String,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub id: i32,
    /// As a person reads it.
    pub label: String,
    pub enabled: bool,
    pub checked: Option<bool>,
    pub rows: Vec<Row>,
}

impl Tray {
    pub async fn find(host: &Host) -> Self {
        let (name, path) = host.item().await;
        Tray { bus: host.bus.clone(), name, path }
    }

    /// The picture that the panel would show.
    pub async fn picture(&self) -> Option<Vec<u8>> {
        let item = self.proxy(&self.path, "org.kde.StatusNotifierItem").await?;
        let file: String = item.get_property("IconName").await.ok()?;
        std::fs::read(file).ok().filter(|it| !it.is_empty())
    }

    pub async fn menu(&self) -> Option<Vec<Row>> {
        let menu = self.menu_proxy().await?;
        let (_revision, root): (u32, OwnedValue) = {
            let answer = menu.call_method("GetLayout", &(0i32, -1i32, Vec::<&str>::new())).await.ok()?;
            let body = answer.body();
            let body: Structure<'_> = body.deserialize().ok()?;
            let [revision, root] = body.fields() else { return None };
            (u32::try_from(revision).ok()?, root.try_to_owned().ok()?)
        };
        Some(row(&root)?.rows)
    }

    /// The first line says how things stand.
    pub async fn headline(&self) -> Option<String> {
        Some(self.menu().await?.first()?.label.clone())
    }

    pub async fn until_headline(&self, start: &str) -> String {
        until_seen(&format!("the menu starts with `{start}`"), async || {
            let seen = self.headline().await.unwrap_or_default();
            if seen.starts_with(start) { Ok(seen) } else { Err(seen) }
        })
        .await
    }

    /// The row whose label starts so, at any depth.
    pub async fn until_row(&self, start: &str) -> Row {
        until_seen(&format!("a row `{start}`"), async || {
            let rows = self.menu().await.unwrap_or_default();
            find(&rows, start).cloned().ok_or_else(|| listing(&rows))
        })
        .await
    }

    /// # Panics
    /// When the row is gone by the time of the click.
    pub async fn click(&self, start: &str) {
        let row = self.until_row(start).await;
        assert!(self.click_id(row.id).await, "`{}` was gone", row.label);
    }

    /// Whether there was still something to click.
    pub async fn click_id(&self, id: i32) -> bool {
        let Some(menu) = self.menu_proxy().await else { return false };
        menu.call_method("Event", &(id, "clicked", Value::from(0i32), 0u32)).await.is_ok()
    }

    async fn menu_proxy(&self) -> Option<Proxy<'_>> {
        let item = self.proxy(&self.path, "org.kde.StatusNotifierItem").await?;
        let path: zbus::zvariant::OwnedObjectPath = item.get_property("Menu").await.ok()?;
        Proxy::new(&self.bus, self.name.clone(), path, "com.canonical.dbusmenu").await.ok()
    }

    async fn proxy(&self, path: &str, interface: &str) -> Option<Proxy<'_>> {
        zbus::proxy::Builder::new(&self.bus)
            .destination(self.name.clone())
            .and_then(|it| it.path(path.to_owned()))
            .and_then(|it| it.interface(interface.to_owned()))
            .ok()?
            // Asked anew each time: the test wants to know what is so now.
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await
            .ok()
    }
}

/// `(ia{sv}av)`: number, properties, children.
fn row(value: &Value<'_>) -> Option<Row> {
    let node = match value {
        Value::Value(inner) => return row(inner),
        Value::Structure(it) => it,
        _ => return None,
    };
    let [id, properties, children] = node.fields() else { return None };
    let properties: HashMap<String, OwnedValue> = properties.try_clone().ok()?.try_into().ok()?;
    let text = |name: &str| properties.get(name).and_then(|it| <&str>::try_from(it).ok());
    let checked = text("toggle-type").and_then(|_| properties.get("toggle-state")).and_then(|it| i32::try_from(it).ok());
    let Value::Array(children) = children else { return None };
    Some(Row {
        id: i32::try_from(id).ok()?,
        label: text("label").unwrap_or_default().replace("__", "_"),
        enabled: properties.get("enabled").and_then(|it| bool::try_from(it).ok()).unwrap_or(true),
        checked: checked.map(|it| it == 1),
        rows: children.iter().filter_map(row).collect(),
    })
}

fn find<'a>(rows: &'a [Row], start: &str) -> Option<&'a Row> {
    rows.iter().find_map(|it| if it.label.starts_with(start) { Some(it) } else { find(&it.rows, start) })
}

/// All labels, level by level, for a failure's message.
fn listing(rows: &[Row]) -> String {
    let row = |it: &Row| if it.rows.is_empty() { it.label.clone() } else { format!("{} [{}]", it.label, listing(&it.rows)) };
    rows.iter().map(row).collect::<Vec<_>>().join(" | ")
}
