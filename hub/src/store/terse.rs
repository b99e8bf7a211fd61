//! JSON as it is kept: a field that holds nothing is left out, as it is read back without being named. Rows and entries
//! of the log are half fields that hold nothing, and what is not there need not be written, flushed and read.
//!
//! Must not know what is stored: it is for types whose optional fields may be missing when they are read, as those
//! derived with serde may.

use serde::{
    Serialize, Serializer,
    ser::{
        Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};
use std::fmt::{Display, Error};

/// An ordinary row is shorter than this.
const USUAL: usize = 2_048;

/// A value as JSON without the fields that hold nothing.
pub(super) fn json(value: &impl Serialize) -> String {
    let mut text = Vec::with_capacity(USUAL);
    // Structs and enums with string keys: serialising them cannot fail, and makes nothing but text.
    let done = Terse(value).serialize(&mut serde_json::Serializer::new(&mut text));
    done.ok().and_then(|()| String::from_utf8(text).ok()).unwrap_or_default()
}

/// A value that is written without the fields that hold nothing.
struct Terse<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Serialize for Terse<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Outer(serializer))
    }
}

/// Whether a value is `None`.
fn holds_nothing<T: Serialize + ?Sized>(value: &T) -> bool {
    value.serialize(Look).is_ok()
}

/// Passes everything on, and each part of it as [`Terse`].
struct Outer<S>(S);

macro_rules! pass_on {
    ($($name:ident: $type:ty;)+) => {
        $(fn $name(self, value: $type) -> Result<Self::Ok, Self::Error> {
            self.0.$name(value)
        })+
    };
}

impl<S: Serializer> Serializer for Outer<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Outer<S::SerializeSeq>;
    type SerializeTuple = Outer<S::SerializeTuple>;
    type SerializeTupleStruct = Outer<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Outer<S::SerializeTupleVariant>;
    type SerializeMap = Outer<S::SerializeMap>;
    type SerializeStruct = Outer<S::SerializeStruct>;
    type SerializeStructVariant = Outer<S::SerializeStructVariant>;

    pass_on! {
        serialize_bool: bool;
        serialize_i8: i8;
        serialize_i16: i16;
        serialize_i32: i32;
        serialize_i64: i64;
        serialize_i128: i128;
        serialize_u8: u8;
        serialize_u16: u16;
        serialize_u32: u32;
        serialize_u64: u64;
        serialize_u128: u128;
        serialize_f32: f32;
        serialize_f64: f64;
        serialize_char: char;
        serialize_str: &str;
        serialize_bytes: &[u8];
        serialize_unit_struct: &'static str;
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&Terse(value))
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit()
    }

    fn serialize_unit_variant(self, name: &'static str, index: u32, variant: &'static str) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_struct(name, &Terse(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_variant(name, index, variant, &Terse(value))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.0.serialize_seq(len).map(Outer)
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.0.serialize_tuple(len).map(Outer)
    }

    fn serialize_tuple_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.0.serialize_tuple_struct(name, len).map(Outer)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.0.serialize_tuple_variant(name, index, variant, len).map(Outer)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.0.serialize_map(len).map(Outer)
    }

    // The lengths that are named here count fields that are left out: JSON does not write them.
    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct, S::Error> {
        self.0.serialize_struct(name, len).map(Outer)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.0.serialize_struct_variant(name, index, variant, len).map(Outer)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.collect_str(value)
    }
}

macro_rules! parts {
    ($($of:ident: $put:ident;)+) => {
        $(impl<S: $of> $of for Outer<S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                self.0.$put(&Terse(value))
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.0.end()
            }
        })+
    };
}

parts! {
    SerializeSeq: serialize_element;
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
    SerializeTupleVariant: serialize_field;
}

macro_rules! fields {
    ($($of:ident)+) => {
        $(impl<S: $of> $of for Outer<S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), S::Error> {
                if holds_nothing(value) { self.0.skip_field(key) } else { self.0.serialize_field(key, &Terse(value)) }
            }

            fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
                self.0.skip_field(key)
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.0.end()
            }
        })+
    };
}

fields! { SerializeStruct SerializeStructVariant }

/// A map's entries stay whatever they hold: a key that leads to nothing is a key.
impl<S: SerializeMap> SerializeMap for Outer<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.0.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.0.serialize_value(&Terse(value))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

/// Takes `None`, and stops at the sight of anything else.
struct Look;

macro_rules! stop_at {
    ($($name:ident: $type:ty;)+) => {
        $(fn $name(self, _: $type) -> Result<(), Error> {
            Err(Error)
        })+
    };
}

impl Serializer for Look {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Impossible<(), Error>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Impossible<(), Error>;
    type SerializeStruct = Impossible<(), Error>;
    type SerializeStructVariant = Impossible<(), Error>;

    stop_at! {
        serialize_bool: bool;
        serialize_i8: i8;
        serialize_i16: i16;
        serialize_i32: i32;
        serialize_i64: i64;
        serialize_i128: i128;
        serialize_u8: u8;
        serialize_u16: u16;
        serialize_u32: u32;
        serialize_u64: u64;
        serialize_u128: u128;
        serialize_f32: f32;
        serialize_f64: f64;
        serialize_char: char;
        serialize_str: &str;
        serialize_bytes: &[u8];
        serialize_unit_struct: &'static str;
    }

    fn serialize_none(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), Error> {
        Err(Error)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        Err(Error)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Error> {
        Err(Error)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, _: &T) -> Result<(), Error> {
        Err(Error)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        Err(Error)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Error> {
        Err(Error)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(Error)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        Err(Error)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(Error)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        Err(Error)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Error> {
        Err(Error)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(Error)
    }

    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result<(), Error> {
        Err(Error)
    }
}

#[cfg(test)]
mod tests {
    use super::json;
    use serde::{Deserialize, Serialize};
    use std::collections::BTreeMap;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Row {
        name: Option<String>,
        at: Option<u64>,
        inner: Inner,
        facts: Vec<Fact>,
        map: BTreeMap<String, Option<u8>>,
        list: Vec<Option<u8>>,
        pair: (Option<u8>, f64),
        text: String,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        may: Option<bool>,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "fact", rename_all = "snake_case")]
    enum Fact {
        Plain,
        Named { by: Option<u8>, at: i64 },
        Boxed(Box<Inner>),
    }

    #[test]
    fn what_holds_nothing_is_left_out_and_read_back() {
        let facts = vec![
            Fact::Plain,
            Fact::Named { by: None, at: -1 },
            Fact::Named { by: Some(1), at: 2 },
            Fact::Boxed(Box::new(Inner { may: None })),
        ];
        let map = [("a".to_owned(), None), ("b".to_owned(), Some(2))].into();
        let row = Row {
            name: None,
            at: Some(7),
            inner: Inner { may: None },
            facts,
            map,
            list: vec![None, Some(1)],
            pair: (None, 0.5),
            text: "\"at\":null, ё\u{0}\n".into(),
        };
        let text = json(&row);
        assert_eq!(
            text,
            concat!(
                r#"{"at":7,"inner":{},"facts":[{"fact":"plain"},{"fact":"named","at":-1},{"fact":"named","by":1,"at":2},"#,
                r#"{"fact":"boxed"}],"map":{"a":null,"b":2},"list":[null,1],"pair":[null,0.5],"#,
                r#""text":"\"at\":null, ё\u0000\n"}"#
            )
        );
        assert_eq!(serde_json::from_str::<Row>(&text).unwrap(), row);
        let full = Row { name: Some("Ира".into()), inner: Inner { may: Some(true) }, facts: Vec::new(), ..row };
        assert_eq!(json(&full), serde_json::to_string(&full).unwrap(), "nothing else is changed");
    }
}
