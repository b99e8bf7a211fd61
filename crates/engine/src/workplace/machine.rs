//! What a page asks of the machine, and of the settings as a file; what the administrator has laid down stands between.

use super::{Shared, Workplace, not_ready};
use crate::{
    Fixed, Machine, MachineCommand, MachineView, PageAnswer, PolicyView, Push, names, own_sounds, runner::Told,
    settings_file,
};
use otklik_core::{Command, DiskFault, OwnSound, Receipt, Settings, SettingsFileTrouble, UiError, UiErrorCode};
use otklik_model::excerpt;
use std::sync::Arc;

/// What an exported file is called.
const EXPORTED: &str = "otklik-settings.json";
/// Characters of a sound's name that are kept to show it.
pub(super) const SOUND_NAME: usize = 80;

impl Workplace {
    /// What of a session's command is left when the administrator has had his word.
    pub(super) fn obeying(&self, command: Command) -> Result<Command, UiError> {
        let policy = self.shared.policy.lock();
        if names::touched_by(&command).into_iter().any(|name| policy.locks(name)) {
            return Err(UiError { code: UiErrorCode::SetByAdministrator });
        }
        if let Command::SetSettings { settings } = command {
            return Ok(Command::SetSettings { settings: Box::new(policy.over(*settings)) });
        }
        Ok(command)
    }

    pub(super) async fn machine_command(&self, command: MachineCommand) -> Result<Receipt, UiError> {
        let machine = self.shared.shell.machine().ok_or(UiError { code: UiErrorCode::NotFound })?;
        let shared = Arc::clone(&self.shared);
        let done = tokio::task::spawn_blocking(move || {
            let fixed = carry_out(machine.as_ref(), command);
            shared.tell_machine();
            fixed
        });
        match done.await {
            Ok(None) => Ok(Receipt::default()),
            Ok(Some(Fixed::Administrator)) => Err(UiError { code: UiErrorCode::SetByAdministrator }),
            Ok(Some(Fixed::Unsupported | Fixed::Taken)) => Err(UiError { code: UiErrorCode::NotFound }),
            Err(_) => Err(not_ready()),
        }
    }

    pub(super) async fn machine(&self) -> PageAnswer {
        let shared = Arc::clone(&self.shared);
        let view = tokio::task::spawn_blocking(move || shared.machine_view()).await.ok().flatten();
        PageAnswer::Machine { machine: view, policy: PolicyView::of(&self.shared.policy.lock()) }
    }

    /// The settings as a file among the operator's downloads; the receipt says where.
    pub(super) async fn export_settings(&self) -> Result<Receipt, UiError> {
        let running = self.running().ok_or_else(not_ready)?;
        let settings = running.handle.ask(Told::Settings).await?;
        let data = self.shared.data.clone();
        let written = tokio::task::spawn_blocking(move || settings_file::write(&settings, &data));
        let bytes = written.await.ok().and_then(Result::ok).ok_or_else(not_ready)?;
        let path = running.reading()?.files.save_own(EXPORTED, bytes).await?;
        Ok(Receipt { text: Some(path.display().to_string()), ..Receipt::default() })
    }

    /// Takes over the settings of a file, whole or not at all.
    pub(super) async fn import_settings(&self, file: String) -> Result<Receipt, UiError> {
        let running = self.running().ok_or_else(not_ready)?;
        let now = running.handle.ask(Told::Settings).await?;
        let shared = Arc::clone(&self.shared);
        let read = tokio::task::spawn_blocking(move || take_over(&shared, &file, &now));
        let settings = read.await.unwrap_or(Err(UiErrorCode::NotReady)).map_err(|code| UiError { code })?;
        let command = self.obeying(Command::SetSettings { settings: Box::new(settings) })?;
        running.handle.command(command).await
    }
}

/// Every sound has to play before the first one is kept.
fn take_over(shared: &Shared, file: &str, now: &Settings) -> Result<Settings, UiErrorCode> {
    let wrong = |why| UiErrorCode::SettingsFile { why };
    if file.len() > settings_file::LARGEST {
        return Err(wrong(SettingsFileTrouble::NotOne));
    }
    let (mut settings, sounds) = settings_file::read(file, now).map_err(wrong)?;
    if let Some(mute) = sounds.iter().find(|sound| !shared.shell.can_play(&sound.bytes)) {
        return Err(wrong(SettingsFileTrouble::Sound { name: excerpt(&mute.name, SOUND_NAME) }));
    }
    for sound in sounds {
        let key = own_sounds::keep(&shared.data, &sound.bytes).map_err(|error| {
            tracing::warn!(%error, "a sound could not be kept");
            UiErrorCode::Disk { fault: DiskFault::Io }
        })?;
        let own = OwnSound { name: excerpt(&sound.name, SOUND_NAME), key };
        settings = settings.with_sound(sound.class, Some(own));
    }
    Ok(settings)
}

/// Does it, or says what stands in the way.
fn carry_out(machine: &dyn Machine, command: MachineCommand) -> Option<Fixed> {
    match command {
        MachineCommand::StartWithSystem { on } => {
            let fixed = machine.with_system().fixed;
            if fixed.is_none() {
                machine.set_with_system(on);
            }
            fixed
        }
        MachineCommand::UseHotkey { on } => match machine.hotkey().fixed {
            fixed @ Some(Fixed::Administrator | Fixed::Unsupported) => fixed,
            // Another program may have let go of it meanwhile.
            Some(Fixed::Taken) | None => {
                machine.set_hotkey(on);
                machine.hotkey().fixed.filter(|_| on)
            }
        },
        MachineCommand::LookForUpdate => {
            machine.look_for_update();
            None
        }
        MachineCommand::RestartToUpdate => {
            machine.restart_to_update();
            None
        }
    }
}

impl Shared {
    /// Has the machine obey what is laid down now.
    pub(crate) fn obey(self: &Arc<Self>) {
        let Some(machine) = self.shell.machine() else { return };
        let weak = Arc::downgrade(self);
        let changed = move || {
            if let Some(shared) = weak.upgrade() {
                shared.tell_machine();
            }
        };
        machine.obey(&self.policy.lock().clone(), Arc::new(changed));
    }

    /// Tells every page how the machine stands. One after another: what is told last is what was seen last.
    fn tell_machine(&self) {
        let _turn = self.telling_machine.lock();
        if let Some(machine) = self.machine_view() {
            self.audience.push(&Push::Machine { machine });
        }
    }

    fn machine_view(&self) -> Option<MachineView> {
        let machine: Arc<dyn Machine> = self.shell.machine()?;
        Some(MachineView {
            version: self.version.clone(),
            with_system: machine.with_system(),
            hotkey: machine.hotkey(),
            hotkey_name: machine.hotkey_name(),
            update: machine.update(),
        })
    }
}
