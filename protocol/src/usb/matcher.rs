//! Which device is meant, among those on a bus.

use regex_lite::{Regex, RegexBuilder};

use super::Identity;

/// The most that a compiled expression may take, in bytes; one of 512 characters without a counted
/// repetition takes far less.
const EXPRESSION_SIZE: usize = 1 << 20;

/// Which device an owner's configuration means (`ups.conf`: vendorid, productid, vendor, product,
/// serial, bus, device, busport). A field that is `None` matches anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matcher {
    /// Vendor ids of the driver's own table: (vendor, product), product `None` for any.
    pub known: Vec<(u16, Option<u16>)>,
    /// Vendor and product ids that count as known only with this word in the manufacturer's or product's string.
    pub branded: Vec<(u16, u16, &'static str)>,
    /// `vendorid`.
    pub vendor_id: Option<u16>,
    /// `productid`.
    pub product_id: Option<u16>,
    /// `vendor`.
    pub vendor: Option<Pattern>,
    /// `product`.
    pub product: Option<Pattern>,
    /// `serial`.
    pub serial: Option<Pattern>,
    /// `bus`.
    pub bus: Option<Pattern>,
    /// `device`.
    pub device: Option<Pattern>,
    /// `busport`.
    pub port: Option<Pattern>,
    /// Something was asked for that cannot be checked: nothing matches.
    pub nothing: bool,
    /// Another device that matches as well makes the choice impossible (`-k`).
    pub only_one: bool,
    /// Where another driver has a device that matches, the next one that does is taken (`allow_duplicates`).
    pub next_if_busy: bool,
}

impl Matcher {
    /// Whether this is the device.
    #[must_use]
    pub fn matches(&self, identity: &Identity) -> bool {
        let named = self.vendor_id.is_some() || self.product_id.is_some();
        let known = self
            .known
            .iter()
            .any(|&(vendor, product)| vendor == identity.vendor_id && product.is_none_or(|p| p == identity.product_id));
        let branded = self.branded.iter().any(|&(vendor, product, brand)| {
            (vendor, product) == (identity.vendor_id, identity.product_id)
                && [&identity.vendor, &identity.product].into_iter().any(|text| text.contains(brand))
        });
        !self.nothing
            && (named || known || branded)
            && self.vendor_id.is_none_or(|id| id == identity.vendor_id)
            && self.product_id.is_none_or(|id| id == identity.product_id)
            && [
                (&self.vendor, &identity.vendor),
                (&self.product, &identity.product),
                (&self.serial, &identity.serial),
                (&self.bus, &identity.bus),
                (&self.device, &identity.device),
                (&self.port, &identity.port),
            ]
            .into_iter()
            .all(|(wanted, is)| wanted.as_ref().is_none_or(|wanted| wanted.matches(is)))
    }
}

/// What one text of a device must be, in any case, the blanks at its ends apart.
///
/// An [`expression`](Self::expression) is an extended regular expression that the whole text has to
/// match (nut_usb_addvars(7)), or the very text: a product that was copied as it stands may hold brackets.
/// A part is not enough: one serial number may be a part of its neighbour's.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    expression: Option<Regex>,
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadPattern(String);

impl Pattern {
    /// What a configuration says.
    ///
    /// # Errors
    ///
    /// The text is no regular expression, or one too large.
    pub fn expression(text: &str) -> Result<Self, BadPattern> {
        let text = text.trim().to_owned();
        // By itself first: what is put around it must not make an expression of what is none.
        build(&text)?;
        let whole = build(&format!("^(?:{text})$"))?;
        Ok(Self { text, expression: Some(whole) })
    }

    /// The same, where a part of the text is enough.
    ///
    /// # Errors
    ///
    /// As for [`Self::expression`].
    pub fn within(text: &str) -> Result<Self, BadPattern> {
        let text = text.trim().to_owned();
        let expression = Some(build(&text)?);
        Ok(Self { text, expression })
    }

    /// This text and nothing else.
    #[must_use]
    pub fn exactly(text: &str) -> Self {
        Self { text: text.trim().to_owned(), expression: None }
    }

    /// Whether a text is what was meant.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let text = text.trim();
        self.text.eq_ignore_ascii_case(text) || self.expression.as_ref().is_some_and(|it| it.is_match(text))
    }
}

fn build(expression: &str) -> Result<Regex, BadPattern> {
    let built = RegexBuilder::new(expression).case_insensitive(true).size_limit(EXPRESSION_SIZE).build();
    built.map_err(|error| BadPattern(error.to_string()))
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        let expression = |pattern: &Self| pattern.expression.as_ref().map(|it| it.as_str().to_owned());
        self.text == other.text && expression(self) == expression(other)
    }
}

impl Eq for Pattern {}
