//! Where seats keep what they keep, and which was on the screen last. Nothing secret is in here.

use super::{MOST, SeatId};
use crate::{accounts, vault::replace_file};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The seat of whoever has one account only.
pub(super) const FIRST: SeatId = SeatId(1);

/// Every number a seat can have.
pub(super) fn numbers() -> impl Iterator<Item = SeatId> {
    (FIRST.0..=MOST).map(SeatId)
}

/// Where a seat keeps everything. The first one's is the data folder itself, as it was before there were others.
pub(super) fn folder(data: &Path, seat: SeatId) -> PathBuf {
    if seat == FIRST { data.to_owned() } else { data.join("seats").join(seat.to_string()) }
}

/// The seats at which an account was chosen, by what is in their folders; the first one if there is none. So no list of
/// them can be lost.
pub(super) fn taken(data: &Path) -> Vec<SeatId> {
    let chosen: Vec<_> = numbers().filter(|seat| accounts::load(&folder(data, *seat)).is_some()).collect();
    if chosen.is_empty() { vec![FIRST] } else { chosen }
}

/// What is kept beside the seats' own folders.
#[derive(Serialize, Deserialize)]
struct Kept {
    front: SeatId,
}

/// The one of these seats that was on the screen last; the first of them if that is not known.
pub(super) fn front(data: &Path, seats: &[SeatId]) -> SeatId {
    let kept = fs::read(data.join("seats.json")).ok().and_then(|text| serde_json::from_slice::<Kept>(&text).ok());
    let known = kept.map(|kept| kept.front).filter(|seat| seats.contains(seat));
    known.or(seats.first().copied()).unwrap_or(FIRST)
}

/// Keeps which one is on the screen.
pub(super) fn keep_front(data: &Path, front: SeatId) -> io::Result<()> {
    fs::create_dir_all(data)?;
    replace_file(&data.join("seats.json"), &serde_json::to_vec_pretty(&Kept { front }).map_err(io::Error::other)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Account;

    #[test]
    fn seats_are_found_by_their_accounts_and_without_any_there_is_the_first() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(taken(data.path()), [FIRST]);
        for number in [3, 8] {
            let folder = folder(data.path(), SeatId(number));
            fs::create_dir_all(&folder).unwrap();
            accounts::save(&folder, &Account::Local).unwrap();
        }
        assert_eq!(taken(data.path()), [SeatId(3), SeatId(8)]);
        accounts::save(data.path(), &Account::Local).unwrap();
        assert_eq!(taken(data.path()), [FIRST, SeatId(3), SeatId(8)]);
    }

    #[test]
    fn the_last_one_on_the_screen_comes_back_if_it_is_there() {
        let data = tempfile::tempdir().unwrap();
        let seats = [SeatId(2), SeatId(5)];
        assert_eq!(front(data.path(), &seats), SeatId(2));
        keep_front(data.path(), SeatId(5)).unwrap();
        assert_eq!(front(data.path(), &seats), SeatId(5));
        assert_eq!(front(data.path(), &[FIRST]), FIRST, "its account is gone");
        fs::write(data.path().join("seats.json"), "{").unwrap();
        assert_eq!(front(data.path(), &seats), SeatId(2));
    }
}
