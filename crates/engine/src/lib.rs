//! Tokio around core, store and backend: the API that a page talks to.
//!
//! [`Workplace`] is the whole of it for one account: pages watch it, send commands and ask questions. [`Seats`] has one
//! for each account of the machine, and is what a shell starts. Knows no
//! window, no tauri and no hub; what it needs of the machine stands behind the traits of `shell`.

mod accounts;
mod audience;
mod belongings;
pub mod browser;
mod clock;
mod cover;
mod files;
mod glance;
mod link;
mod link_check;
mod local_desk;
mod machine;
mod names;
mod own_sounds;
mod page;
mod policy;
mod queries;
mod runner;
mod seats;
mod secrets;
mod settings_file;
mod shell;
mod spelling;
mod token;
mod vault;
mod workplace;

pub use cover::{CoverCommand, CoverRules, CoverView};
pub use files::{FileAnswer, FileRange, PictureMaker};
pub use machine::{
    Fixed, Machine, MachineCommand, MachineView, PolicyView, SwitchView, UpdateTrouble, UpdateView, UpdatesOff,
};
pub use page::{AppCommand, FileCommand, LinkCheck, PageAnswer, PageCommand, PageQuery, Push, WindowsView, WrongWord};
pub use policy::{Policy, PolicyTrouble, UpdatePolicy, is_private};
pub use seats::{SeatId, SeatShells, SeatView, Seats, SeatsCommand, SeatsView};
pub use shell::{Keychain, KeychainError, LocalDesk, LocalDeskHost, Shell, SoundOrder};
pub use workplace::{Watch, Workplace, WorkplaceConfig};
