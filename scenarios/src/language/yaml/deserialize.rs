//! A tree of YAML as a serde deserializer. Errors carry the place of the innermost node they know.

use super::shapes::{LOCATED, ONE_OR_MANY};
use super::{At, Key, Node, Value};
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};
use std::fmt;

/// A value that the shape does not take, and where.
#[derive(Debug, Clone)]
pub struct Error {
    /// Where; the innermost node that is known.
    pub at: Option<At>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { at: None, message: message.to_string() }
    }
}

impl Error {
    fn at(mut self, at: At) -> Self {
        self.at.get_or_insert(at);
        self
    }
}

/// Reads a value of any shape from a tree.
///
/// # Errors
/// What the shape does not take.
pub fn from_node<'de, T: Deserialize<'de>>(node: &'de Node) -> Result<T, Error> {
    T::deserialize(node).map_err(|error| error.at(node.at))
}

/// The four parts of a [`Located`](super::shapes::Located), one after another.
struct Parts<'de> {
    at: At,
    next: usize,
    value: Source<'de>,
}

#[derive(Clone, Copy)]
enum Source<'de> {
    Node(&'de Node),
    Key(&'de Key),
}

impl<'de> SeqAccess<'de> for Parts<'de> {
    type Error = Error;
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.next += 1;
        let number = |n: usize| IntoDeserializer::<Error>::into_deserializer(n);
        match self.next {
            1 => seed.deserialize(number(self.at.text)),
            2 => seed.deserialize(number(self.at.start)),
            3 => seed.deserialize(number(self.at.end)),
            4 => match self.value {
                Source::Node(node) => seed.deserialize(node).map_err(|error| error.at(self.at)),
                Source::Key(key) => seed.deserialize(key).map_err(|error| error.at(self.at)),
            },
            _ => return Ok(None),
        }
        .map(Some)
    }
}

struct Items<'de>(std::slice::Iter<'de, Node>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.0.next().map(|node| seed.deserialize(node).map_err(|error| error.at(node.at))).transpose()
    }
}

struct Entries<'de> {
    rest: std::slice::Iter<'de, (Key, Node)>,
    value: Option<&'de Node>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some((key, node)) = self.rest.next() else { return Ok(None) };
        self.value = Some(node);
        seed.deserialize(key).map(Some).map_err(|error| error.at(key.at))
    }
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let node = self.value.take().ok_or_else(|| <Error as de::Error>::custom("a value before its key"))?;
        seed.deserialize(node).map_err(|error| error.at(node.at))
    }
}

macro_rules! numbers {
    ($($method:ident => $visit:ident,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match &self.value {
                Value::Scalar(text) => match text.parse() {
                    Ok(number) => visitor.$visit(number),
                    Err(_) => Err(<Error as de::Error>::custom(format!("`{text}` is not a whole number")).at(self.at)),
                },
                _ => Err(<Error as de::Error>::custom(format!("a number belongs here, not {}", self.kind())).at(self.at)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.value {
            Value::Null => visitor.visit_unit(),
            Value::Scalar(text) => visitor.visit_borrowed_str(text),
            Value::List(items) => visitor.visit_seq(Items(items.iter())),
            Value::Map(entries) => visitor.visit_map(Entries { rest: entries.iter(), value: None }),
        }
        .map_err(|error| error.at(self.at))
    }

    numbers! {
        deserialize_u8 => visit_u8, deserialize_u16 => visit_u16, deserialize_u32 => visit_u32, deserialize_u64 => visit_u64,
        deserialize_i8 => visit_i8, deserialize_i16 => visit_i16, deserialize_i32 => visit_i32, deserialize_i64 => visit_i64,
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.value {
            Value::Scalar(text) if matches!(text.as_str(), "true" | "false") => visitor.visit_bool(text == "true"),
            _ => Err(<Error as de::Error>::custom("`true` or `false` belongs here").at(self.at)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        if name == LOCATED {
            return visitor.visit_seq(Parts { at: self.at, next: 0, value: Source::Node(self) });
        }
        if let (ONE_OR_MANY, Value::List(items)) = (name, &self.value) {
            return visitor.visit_seq(Items(items.iter()));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.value {
            Value::Scalar(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Value::Map(entries) if entries.len() == 1 => {
                visitor.visit_enum(Variant { key: &entries[0].0, node: &entries[0].1 })
            }
            _ => Err(<Error as de::Error>::custom("one word belongs here")),
        }
        .map_err(|error: Error| error.at(self.at))
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any i128 u128
    }
}

impl<'de> Deserializer<'de> for &'de Key {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(&self.text).map_err(|error: Error| error.at(self.at))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        if name == LOCATED {
            return visitor.visit_seq(Parts { at: self.at, next: 0, value: Source::Key(self) });
        }
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

struct Variant<'de> {
    key: &'de Key,
    node: &'de Node,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = &'de Node;
    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, &'de Node), Error> {
        Ok((seed.deserialize(self.key)?, self.node))
    }
}

impl<'de> VariantAccess<'de> for &'de Node {
    type Error = Error;
    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self)
    }
    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }
    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }
}
