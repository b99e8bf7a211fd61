use super::seal::{CHUNK, HEADER, SEALED};
use super::*;
use zeroize::Zeroizing;

fn key(byte: u8) -> StoreKey {
    StoreKey::new(Zeroizing::new([byte; 32]))
}

fn name(n: u128) -> ShelfName {
    ShelfName { id: Uuid::from_u128(n), version: 0 }
}

fn shelf(folder: &Path) -> Shelf {
    Shelf::open(folder, &key(1), "test").unwrap()
}

fn put(shelf: &Shelf, name: ShelfName, bytes: &[u8]) {
    let mut writer = shelf.write(name).unwrap();
    for part in bytes.chunks(50_000) {
        writer.append(part).unwrap();
    }
    assert_eq!(writer.finish().unwrap(), bytes.len() as u64);
}

fn all(shelf: &Shelf, name: ShelfName) -> Result<Vec<u8>, DiskFault> {
    let mut reader = shelf.read(name)?.expect("it is there");
    let size = usize::try_from(reader.size()).unwrap();
    reader.read(0, size + 1)
}

/// Bytes that differ everywhere.
fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|n| (n / 251 + n) as u8).collect()
}

#[test]
fn an_erased_shelf_is_gone_and_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("shelf");
    put(&shelf(&place), name(1), &bytes(9));
    Shelf::erase(&place).unwrap();
    assert!(!place.exists());
    Shelf::erase(&place).unwrap();
    assert_eq!(shelf(&place).names(), Ok(vec![]));
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    assert_eq!(Shelf::erase(&file), Err(DiskFault::Io));
}

#[test]
fn any_size_comes_back_whole_and_from_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = shelf(folder.path());
    for (n, size) in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 77].into_iter().enumerate() {
        let (name, written) = (name(n as u128), bytes(size));
        put(&shelf, name, &written);
        assert_eq!(all(&shelf, name).unwrap(), written, "{size}");
        let mut reader = shelf.read(name).unwrap().unwrap();
        for (from, most) in [(0, 10), (size / 2, 100_000), (size.saturating_sub(3), 10), (size, 10), (size + 9, 1)] {
            let end = (from + most).min(size);
            let wanted = written.get(from..end).unwrap_or_default();
            assert_eq!(reader.read(from as u64, most).unwrap(), wanted, "{size}: {most} from {from}");
        }
    }
    assert!(shelf.read(name(99)).unwrap().is_none());
}

#[test]
fn what_was_not_finished_never_was_and_what_was_there_before_stays() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = shelf(folder.path());
    put(&shelf, name(1), b"before");
    let mut writer = shelf.write(name(1)).unwrap();
    writer.append(&bytes(200_000)).unwrap();
    drop(writer);
    assert_eq!(all(&shelf, name(1)).unwrap(), b"before");
    // Killed in the middle: nobody dropped it.
    let mut writer = shelf.write(name(2)).unwrap();
    writer.append(&bytes(200_000)).unwrap();
    std::mem::forget(writer);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    assert_eq!(shelf.names().unwrap(), [name(1)], "what is not whole is not listed");
    let shelf = Shelf::open(folder.path(), &key(1), "test").unwrap();
    assert_eq!(shelf.names().unwrap(), [name(1)]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn nothing_is_readable_and_nothing_can_be_changed_moved_or_cut_unseen() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = shelf(folder.path());
    let canary = b"canary-7f3a ".repeat(20_000);
    put(&shelf, name(1), &canary);
    put(&shelf, name(2), &bytes(canary.len()));
    let path = shelf.path(name(1));
    let sealed = fs::read(&path).unwrap();
    assert!(!sealed.windows(11).any(|window| window == b"canary-7f3a"));
    let is_damage = |changed: &[u8], what: &str| {
        fs::write(&path, changed).unwrap();
        assert_eq!(all(&shelf, name(1)), Err(DiskFault::Corrupt), "{what}");
    };
    for place in [HEADER - 1, HEADER, HEADER + CHUNK, sealed.len() - 1] {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        is_damage(&changed, &format!("a bit at {place}"));
    }
    is_damage(&sealed[..HEADER + 2 * SEALED], "the end cut off between two chunks");
    is_damage(&sealed[..sealed.len() - 1], "the end cut off");
    is_damage(&fs::read(shelf.path(name(2))).unwrap(), "another file's bytes");
    let mut swapped = sealed.clone();
    let (first, second) = (HEADER..HEADER + SEALED, HEADER + SEALED..HEADER + 2 * SEALED);
    swapped.copy_within(second.clone(), first.start);
    swapped[second].copy_from_slice(&sealed[first]);
    is_damage(&swapped, "two chunks in each other's place");
    for stub in [0, 7, HEADER - 1, HEADER, HEADER + 5] {
        fs::write(&path, &sealed[..stub]).unwrap();
        let read = shelf.read(name(1)).map(|found| found.is_some());
        let fault = read.and_then(|_| all(&shelf, name(1)));
        assert_eq!(fault, Err(DiskFault::Corrupt), "{stub} bytes of it");
    }
    fs::write(&path, &sealed).unwrap();
    for (other, role) in [(key(2), "test"), (key(1), "other")] {
        let other = Shelf::open(folder.path(), &other, role).unwrap();
        assert_eq!(all(&other, name(1)), Err(DiskFault::Corrupt), "another key");
    }
    assert_eq!(all(&shelf, name(1)).unwrap(), canary);
}

#[test]
fn what_was_used_longest_ago_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = shelf(folder.path());
    for n in 1..=3 {
        put(&shelf, name(n), &bytes(10_000));
        let old = SystemTime::now() - std::time::Duration::from_secs(100 - n as u64);
        let file = File::options().append(true).open(shelf.path(name(n))).unwrap();
        file.set_times(FileTimes::new().set_modified(old)).unwrap();
    }
    shelf.touch(name(1));
    shelf.trim(25_000).unwrap();
    let mut left = shelf.names().unwrap();
    left.sort();
    assert_eq!(left, [name(1), name(3)]);
    shelf.remove(name(1)).unwrap();
    shelf.remove(name(1)).unwrap();
    shelf.trim(0).unwrap();
    assert!(shelf.names().unwrap().is_empty());
}

#[test]
fn a_folder_that_cannot_be_written_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    assert!(Shelf::open(&file.join("shelf"), &key(1), "test").is_err());
}
