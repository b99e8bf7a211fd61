//! P-D3 to P-D6: opening a thread, jumping in it, searching.

use super::{
    Figures,
    fixture::{Fixture, Maker, dialog_id},
    latency::Latency,
    plain::Plain,
};
use anyhow::{Result, anyhow, ensure};
use otklik_core::{DiskFault, SearchOrder};
use otklik_model::MessageSearch;
use otklik_store::CacheDb;
use std::{process::Command, time::Instant};

const RUNS: usize = 1_000;
const PAGE: u32 = 50;

pub(super) fn measure(fixture: &Fixture, figures: &mut Figures) -> Result<()> {
    let file = fixture.folder.join("cache.db");
    let long = dialog_id(1);
    let refused = |fault: DiskFault| anyhow!("the disk refuses: {fault:?}");
    let bare = Plain::write(fixture)?;
    for (name, cold) in [("P-D3_open_and_first_page_cold", true), ("P-D3_open_and_first_page_warm", false)] {
        let (mut latency, mut floor) = (Latency::default(), Latency::default());
        for _ in 0..5 {
            if cold && !drop_page_cache() {
                break;
            }
            let start = Instant::now();
            let cache = CacheDb::open(&file, &fixture.keys.cache)?;
            cache.thread(long, None, PAGE).map_err(refused)?;
            latency.add(start.elapsed());
            if cold {
                drop_page_cache();
            }
            let start = Instant::now();
            Plain::open(&bare)?.below(u32::MAX, PAGE)?;
            floor.add(start.elapsed());
        }
        latency.say(name, Some(&floor), figures);
    }
    let cache = CacheDb::open(&file, &fixture.keys.cache)?;
    let last = fixture.size.long();
    let spread = |run: usize| 1 + (run as u32).wrapping_mul(2_654_435_761) % last;
    let pages = Latency::of(RUNS, |run| cache.thread(long, Some(spread(run)), PAGE).map(drop)).map_err(refused)?;
    let bare = Plain::open(&bare)?;
    ensure!(bare.below(u32::MAX, PAGE)? == PAGE, "the floor is asked for nothing");
    let floor = Latency::of(RUNS, |run| bare.below(spread(run), PAGE).map(drop))?;
    pages.say("P-D3_further_page", Some(&floor), figures);
    let jumps = Latency::of(RUNS, |run| cache.around(long, spread(run), PAGE).map(drop)).map_err(refused)?;
    let floor = Latency::of(RUNS, |run| bare.around(spread(run), PAGE).map(drop))?;
    jumps.say("P-D4_jump", Some(&floor), figures);
    search(&cache, &bare, figures)
}

fn search(cache: &CacheDb, bare: &Plain, figures: &mut Figures) -> Result<()> {
    for (name, words) in [("one_word", 1), ("two_words", 2), ("three_words", 3)] {
        let newest = asking(cache, SearchOrder::Newest, |make| said(make, words))?;
        let floor = asking_bare(bare, |make| said(make, words))?;
        newest.say(&format!("P-D5_search_{name}"), Some(&floor), figures);
        // The same questions: what finding itself takes is the floor of ranking.
        let best = asking(cache, SearchOrder::Best, |make| said(make, words))?;
        best.say(&format!("P-D6_best_match_{name}"), Some(&newest), figures);
    }
    let beginning = |make: &mut Maker| make.word().chars().take(3).collect();
    let floor = asking_bare(bare, beginning)?;
    asking(cache, SearchOrder::Newest, beginning)?.say("P-D5_search_prefix", Some(&floor), figures);
    asking(cache, SearchOrder::Newest, slipped)?.say("P-D7_search_with_a_slip", None, figures);
    Ok(())
}

fn asking(cache: &CacheDb, order: SearchOrder, mut question: impl FnMut(&mut Maker) -> String) -> Result<Latency> {
    let mut make = Maker::new(1);
    Latency::of(RUNS / 4, |_| cache.search(&MessageSearch::of(question(&mut make)), order, PAGE).map(drop))
        .map_err(|fault| anyhow!("the disk refuses: {fault:?}"))
}

/// The same questions, put to the rows without a cipher.
fn asking_bare(bare: &Plain, mut question: impl FnMut(&mut Maker) -> String) -> Result<Latency> {
    let mut make = Maker::new(1);
    Latency::of(RUNS / 4, |_| bare.saying(&question(&mut make), PAGE).map(drop))
}

fn said(make: &mut Maker, words: usize) -> String {
    (0..words).map(|_| make.word()).collect::<Vec<_>>().join(" ")
}

/// A word of six letters or more with its third and fourth letters swapped: few are another word then.
fn slipped(make: &mut Maker) -> String {
    loop {
        let mut letters: Vec<char> = make.word().chars().collect();
        if letters.len() >= 6 && letters[2] != letters[3] {
            letters.swap(2, 3);
            return letters.into_iter().chain([' ']).collect();
        }
    }
}

/// Empties the system's page cache; only root may.
pub(super) fn drop_page_cache() -> bool {
    let synced = Command::new("sync").status().is_ok_and(|status| status.success());
    synced && std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok()
}
