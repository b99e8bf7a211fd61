//! A tray as desktops have it: the watcher that icons register with, and a reader of their menus.

use super::bus::Bus;
use crate::e2e::patience::{SOON, until};
use anyhow::{Context, Result, bail, ensure};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, Proxy, interface};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// A menu as it is told: its number, its properties, its lines.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// A registered icon: on which connection, and where.
type Icon = (String, String);

/// A tray. Dropping it is the tray's end.
pub struct TrayHost {
    bus: Connection,
    icons: Arc<Mutex<Vec<Icon>>>,
}

struct Watcher {
    icons: Arc<Mutex<Vec<Icon>>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, #[zbus(header)] header: Header<'_>, service: &str) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let icon = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        self.icons.lock().unwrap_or_else(PoisonError::into_inner).push(icon);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let icons = self.icons.lock().unwrap_or_else(PoisonError::into_inner);
        icons.iter().map(|(name, path)| format!("{name}{path}")).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// A line of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    id: i32,
    /// What it says.
    pub text: String,
    /// It can be chosen.
    pub enabled: bool,
    /// It is ticked.
    pub checked: bool,
    /// Its submenu.
    pub lines: Vec<Line>,
}

impl TrayHost {
    /// Begins to be there.
    ///
    /// # Errors
    /// There is one already.
    pub async fn open(bus: &Bus) -> Result<Self> {
        let icons = Arc::default();
        let watcher = Watcher { icons: Arc::clone(&icons) };
        let bus = bus.somebody()?.serve_at("/StatusNotifierWatcher", watcher)?.name(WATCHER)?.build().await?;
        Ok(Self { bus, icons })
    }

    /// Ends, and with it everything that it knew.
    ///
    /// # Errors
    /// The bus is gone.
    pub async fn close(self) -> Result<()> {
        Ok(self.bus.close().await?)
    }

    /// The icon's menu now.
    ///
    /// # Errors
    /// There is no icon, or it has none.
    pub async fn menu(&self) -> Result<Vec<Line>> {
        let menu = self.menu_proxy().await?;
        let none: [&str; 0] = [];
        let (_, (id, properties, lines)): (u32, Layout) = menu.call("GetLayout", &(0_i32, -1_i32, &none[..])).await?;
        ensure!(id == 0, "the menu begins at {id}, with {properties:?}");
        lines.iter().map(|line| read(line)).collect()
    }

    /// The file of the icon's picture now.
    ///
    /// # Errors
    /// There is no icon.
    pub async fn picture(&self) -> Result<String> {
        Ok(self.icon(ITEM).await?.get_property("IconName").await?)
    }

    /// Waits until a line of the menu reads like this, and can be chosen or not.
    ///
    /// # Errors
    /// There is no such line.
    pub async fn wait_for_line(&self, text: &str, enabled: bool) -> Result<Line> {
        until(&format!("the tray's menu reads {text:?}"), SOON, || async {
            let menu = self.menu().await?;
            let found = flat(&menu).find(|line| line.text == text && line.enabled == enabled).cloned();
            Ok(Some(found.with_context(|| format!("it reads {menu:?}"))?))
        })
        .await
    }

    /// Chooses a line.
    ///
    /// # Errors
    /// The menu is gone.
    pub async fn choose(&self, line: &Line) -> Result<()> {
        let menu = self.menu_proxy().await?;
        Ok(menu.call("Event", &(line.id, "clicked", Value::from(0_i32), 0_u32)).await?)
    }

    async fn menu_proxy(&self) -> Result<Proxy<'static>> {
        let place: OwnedObjectPath = self.icon(ITEM).await?.get_property("Menu").await?;
        let (name, _) = self.newest()?;
        Ok(Proxy::new(&self.bus, name, place, MENU).await?)
    }

    async fn icon(&self, interface: &'static str) -> Result<Proxy<'static>> {
        let (name, path) = self.newest()?;
        let uncached = zbus::proxy::CacheProperties::No;
        let proxy = zbus::proxy::Builder::new(&self.bus).destination(name)?.path(path)?.interface(interface)?;
        Ok(proxy.cache_properties(uncached).build().await?)
    }

    fn newest(&self) -> Result<Icon> {
        let icons = self.icons.lock().unwrap_or_else(PoisonError::into_inner);
        icons.last().cloned().context("no icon is in the tray")
    }
}

/// All lines, those of submenus behind their own.
fn flat(lines: &[Line]) -> impl Iterator<Item = &Line> {
    lines.iter().flat_map(|line| std::iter::once(line).chain(&line.lines))
}

/// A line as the menu tells it: its number, its properties, its lines.
fn read(value: &Value<'_>) -> Result<Line> {
    if let Value::Value(inner) = value {
        return read(inner);
    }
    let Value::Structure(structure) = value else { bail!("a menu's line is {value:?}") };
    let [Value::I32(id), Value::Dict(properties), Value::Array(lines)] = structure.fields() else {
        bail!("a menu's line is {structure:?}");
    };
    let mut line = Line { id: *id, text: String::new(), enabled: true, checked: false, lines: Vec::new() };
    for (name, value) in properties.iter() {
        let value = if let Value::Value(inner) = value { inner } else { value };
        match (name, value) {
            (Value::Str(name), Value::Str(text)) if name.as_str() == "label" => line.text = text.as_str().to_owned(),
            (Value::Str(name), Value::Bool(on)) if name.as_str() == "enabled" => line.enabled = *on,
            (Value::Str(name), Value::I32(state)) if name.as_str() == "toggle-state" => line.checked = *state == 1,
            _ => {}
        }
    }
    line.lines = lines.iter().map(read).collect::<Result<_>>()?;
    Ok(line)
}
