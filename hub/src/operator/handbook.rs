//! Tells a workplace what the centre keeps ready for it: in parts below the frame limit, and only if it is another one
//! than the workplace has.

use super::{End, Sink, outgoing::Outgoing};
use crate::{
    desk::Actor,
    office::{Office, OwnTemplates},
    store::StoreError,
};
use otklik_model::{Handbook, TemplateEntry};
use otklik_wire::operator::{HandbookPart, HubFrame};

/// Ready answers share a part up to this size, in bytes of their words.
const PART: usize = 128 * 1024;

/// What one workplace was told.
#[derive(Debug)]
pub(super) struct Told {
    digest: Option<String>,
    /// Its operator's own ready answers, as last read.
    own: Option<OwnTemplates>,
}

impl Told {
    /// The workplace has this one.
    pub(super) fn new(digest: Option<String>) -> Self {
        Self { digest, own: None }
    }

    /// The operator's own ready answers may be others now.
    pub(super) fn forget_own(&mut self) {
        self.own = None;
    }

    /// Tells the handbook as it is now, unless that is known.
    pub(super) async fn tell(
        &mut self,
        office: &Office,
        operator: &Actor,
        out: &mut Outgoing,
        sink: &mut Sink,
    ) -> Result<(), End> {
        let own = match self.own.take() {
            Some(own) => own,
            None => office.own_templates(operator.id).await.map_err(|error: StoreError| {
                tracing::warn!(%error, "a workplace cannot be told its handbook");
                End::draining(office)
            })?,
        };
        let handbook = office.handbook(operator, &own);
        self.own = Some(own);
        if self.digest.as_ref() == Some(&handbook.digest) {
            return Ok(());
        }
        self.digest = Some(handbook.digest.clone());
        for part in parts(handbook) {
            out.frame(&HubFrame::Handbook(Box::new(part)))?;
            out.pump(sink).await?;
        }
        Ok(())
    }
}

/// All in the first part, except for ready answers that do not fit.
fn parts(mut handbook: Handbook) -> Vec<HandbookPart> {
    let mut rest = std::mem::take(&mut handbook.templates).into_iter().peekable();
    let digest = handbook.digest.clone();
    let mut parts = Vec::new();
    let mut next = handbook;
    loop {
        let mut bytes = 0;
        while let Some(entry) = rest.next_if(|entry| bytes == 0 || bytes + size(entry) <= PART) {
            bytes += size(&entry);
            next.templates.push(entry);
        }
        let last = rest.peek().is_none();
        parts.push(HandbookPart { last, handbook: next });
        if last {
            return parts;
        }
        next = Handbook { digest: digest.clone(), ..Handbook::default() };
    }
}

fn size(entry: &TemplateEntry) -> usize {
    entry.name.len() + entry.texts.values().map(String::len).sum::<usize>() + 200
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: usize, length: usize) -> TemplateEntry {
        let texts = [("ru".to_owned(), "я".repeat(length))].into();
        TemplateEntry { name: format!("t{number:03}"), own: false, folder: Vec::new(), command: None, texts }
    }

    #[test]
    fn many_answers_travel_in_parts_and_none_gets_lost() {
        let templates: Vec<_> = (0..40).map(|number| entry(number, 4_000)).collect();
        let handbook = Handbook { digest: "d".into(), templates: templates.clone(), ..Handbook::default() };
        let parts = parts(handbook);
        assert!(parts.len() > 2);
        assert!(parts.iter().rev().skip(1).all(|part| !part.last) && parts.last().unwrap().last);
        assert!(parts.iter().all(|part| part.handbook.digest == "d"));
        let carried: Vec<_> = parts.into_iter().flat_map(|part| part.handbook.templates).collect();
        assert_eq!(carried, templates);
    }

    #[test]
    fn one_that_is_too_large_for_a_part_has_one_of_its_own() {
        let templates = vec![entry(0, 10), entry(1, PART), entry(2, 10)];
        let handbook = Handbook { templates, ..Handbook::default() };
        let counts: Vec<_> = parts(handbook).iter().map(|part| part.handbook.templates.len()).collect();
        assert_eq!(counts, [1, 1, 1]);
    }

    #[test]
    fn an_empty_handbook_is_one_part() {
        assert_eq!(parts(Handbook::default()).len(), 1);
    }
}
