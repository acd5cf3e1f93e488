//! Which device is meant, among those on a bus.

use regex_lite::{Regex, RegexBuilder};

use super::Identity;

/// The most that a compiled expression may take, in bytes; one of 512 characters without a counted
/// repetition takes far less.
const EXPRESSION_SIZE: usize = 1 << 20;

/// Which device an owner's configuration means (`ups.conf`: vendorid, productid, vendor, product,
/// serial, bus, device). A field that is `None` matches anything.
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
        (named || known || branded)
            && self.vendor_id.is_none_or(|id| id == identity.vendor_id)
            && self.product_id.is_none_or(|id| id == identity.product_id)
            && [
                (&self.vendor, &identity.vendor),
                (&self.product, &identity.product),
                (&self.serial, &identity.serial),
                (&self.bus, &identity.bus),
                (&self.device, &identity.device),
            ]
            .into_iter()
            .all(|(wanted, is)| wanted.as_ref().is_none_or(|wanted| wanted.matches(is)))
    }
}

/// What one text of a device must be, in any case, the blanks at its ends apart.
///
/// An [`expression`](Self::expression) is an extended regular expression that some part of the text has
/// to match (nut_usb_addvars(7)), or the very text: a product that was copied as it stands may hold
/// brackets.
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
        // The C library reads an expression that begins with a repetition without it.
        let begins = text.trim_start_matches(['*', '+', '?']);
        let expression = RegexBuilder::new(begins).case_insensitive(true).size_limit(EXPRESSION_SIZE).build();
        let expression = expression.map_err(|error| BadPattern(error.to_string()))?;
        Ok(Self { text, expression: Some(expression) })
    }

    /// This text and nothing else.
    #[must_use]
    pub fn exactly(text: &str) -> Self {
        Self { text: text.trim().to_owned(), expression: None }
    }

    /// Whether a text is, or holds, what was meant.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let text = text.trim();
        self.text.eq_ignore_ascii_case(text) || self.expression.as_ref().is_some_and(|it| it.is_match(text))
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.expression.is_some() == other.expression.is_some()
    }
}

impl Eq for Pattern {}
