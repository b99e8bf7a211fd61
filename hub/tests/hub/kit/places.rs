//! A database of places in MaxMind's format, written from its public description: what the reader reads is the real thing.

use std::net::Ipv4Addr;

/// A value of a database.
pub enum Value {
    Text(&'static str),
    Short(u16),
    Number(u32),
    Long(u64),
    Map(Vec<(&'static str, Value)>),
    List(Vec<Value>),
}

use Value::{List, Long, Map, Number, Short, Text};

/// Between the tree and what it leads to.
const SEPARATOR: [u8; 16] = [0; 16];
const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";

/// A record of a tree: nothing, another node, or the offset of a value.
#[derive(Clone, Copy)]
enum Record {
    Nothing,
    Node(u32),
    Value(u32),
}

/// The file of a database of this kind, in which these networks are what is told of them.
pub fn database(kind: &'static str, networks: Vec<(Ipv4Addr, u32, Value)>) -> Vec<u8> {
    let (mut nodes, mut values) = (vec![[Record::Nothing; 2]], Vec::new());
    for (address, bits, value) in networks {
        let offset = u32::try_from(values.len()).unwrap();
        write(&mut values, &value);
        let mut node = 0;
        for bit in 0..bits {
            let side = usize::from((u32::from(address) >> (31 - bit)) & 1 == 1);
            if bit + 1 == bits {
                nodes[node][side] = Record::Value(offset);
            } else if let Record::Node(next) = nodes[node][side] {
                node = next as usize;
            } else {
                nodes.push([Record::Nothing; 2]);
                nodes[node][side] = Record::Node(u32::try_from(nodes.len() - 1).unwrap());
                node = nodes.len() - 1;
            }
        }
    }
    let count = u32::try_from(nodes.len()).unwrap();
    let mut file = Vec::new();
    for record in nodes.into_iter().flatten() {
        let number = match record {
            Record::Nothing => count,
            Record::Node(next) => next,
            Record::Value(offset) => count + 16 + offset,
        };
        file.extend(&number.to_be_bytes()[1..]);
    }
    file.extend(SEPARATOR);
    file.extend(values);
    file.extend(MARKER);
    let about = [
        ("binary_format_major_version", Short(2)),
        ("binary_format_minor_version", Short(0)),
        ("build_epoch", Long(1_766_000_000)),
        ("database_type", Text(kind)),
        ("description", Map(vec![("en", Text("Places of the tests"))])),
        ("ip_version", Short(4)),
        ("languages", List(vec![Text("en"), Text("ru")])),
        ("node_count", Number(count)),
        ("record_size", Short(24)),
    ];
    write(&mut file, &Map(about.into()));
    file
}

/// Tula, as GeoLite2-City tells of it.
pub fn tula() -> Value {
    let named = |en, ru| Map(vec![("names", Map(vec![("en", Text(en)), ("ru", Text(ru))]))]);
    Map(vec![
        ("city", named("Tula", "Тула")),
        ("country", Map(vec![("iso_code", Text("RU")), ("names", Map(vec![("en", Text("Russia"))]))])),
        ("location", Map(vec![("time_zone", Text("Europe/Moscow"))])),
        ("subdivisions", List(vec![named("Tula Oblast", "Тульская область")])),
    ])
}

fn write(to: &mut Vec<u8>, value: &Value) {
    match value {
        Text(text) => {
            head(to, 2, text.len());
            to.extend(text.as_bytes());
        }
        Short(number) => {
            head(to, 5, 2);
            to.extend(number.to_be_bytes());
        }
        Number(number) => {
            head(to, 6, 4);
            to.extend(number.to_be_bytes());
        }
        Long(number) => {
            head(to, 9, 8);
            to.extend(number.to_be_bytes());
        }
        Map(entries) => {
            head(to, 7, entries.len());
            for (key, value) in entries {
                write(to, &Text(key));
                write(to, value);
            }
        }
        List(items) => {
            head(to, 11, items.len());
            items.iter().for_each(|item| write(to, item));
        }
    }
}

/// The type and the size of a value.
fn head(to: &mut Vec<u8>, kind: u8, size: usize) {
    let small = u8::try_from(size.min(29)).unwrap();
    // Types above seven stand in a byte of their own.
    to.push(if kind > 7 { small } else { (kind << 5) | small });
    if kind > 7 {
        to.push(kind - 7);
    }
    if size >= 29 {
        to.push(u8::try_from(size - 29).unwrap());
    }
}
