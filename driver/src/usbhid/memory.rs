//! What this driver keeps of the device it served: `-k` starts anew when everything else has ended, and must cut
//! that one, not another that the configuration means as well.

use protocol::usb::{Identity, Matcher, Pattern};
use serde::{Deserialize, Serialize};

use super::matcher;

/// A device as its file in the state folder describes it, by what the next start can know it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    vendorid: u16,
    productid: u16,
    vendor: String,
    product: String,
    serial: String,
    busport: String,
}

impl Served {
    /// This device.
    #[must_use]
    pub fn new(identity: &Identity) -> Self {
        Self {
            vendorid: identity.vendor_id,
            productid: identity.product_id,
            vendor: identity.vendor.clone(),
            product: identity.product.clone(),
            serial: identity.serial.clone(),
            busport: identity.port.clone(),
        }
    }

    /// From the file; `None` for one that somebody else wrote.
    #[must_use]
    pub fn read(contents: &[u8]) -> Option<Self> {
        serde_json::from_slice(contents).ok()
    }

    /// For the file.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut contents = serde_json::to_vec(self).unwrap_or_default();
        contents.push(b'\n');
        contents
    }

    /// That device among those that a configuration means; `None` where the configuration means another one by now.
    /// One without a serial number is the one in its port; with `in_its_port` any is, where two have the same number.
    #[must_use]
    pub fn among(&self, configured: &Matcher, in_its_port: bool) -> Option<Matcher> {
        let identity = Identity {
            vendor_id: self.vendorid,
            product_id: self.productid,
            vendor: self.vendor.clone(),
            product: self.product.clone(),
            serial: self.serial.clone(),
            port: self.busport.clone(),
            ..Identity::default()
        };
        // On which bus it is, and as which device, is asked when it is looked for.
        let anywhere = Matcher { bus: None, device: None, ..configured.clone() };
        let by_port = in_its_port || self.serial.trim().is_empty();
        let port = if by_port { Some(Pattern::exactly(&self.busport)) } else { configured.port.clone() };
        anywhere.matches(&identity).then(|| Matcher {
            bus: configured.bus.clone(),
            device: configured.device.clone(),
            port,
            only_one: true,
            ..matcher::again(&identity)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(serial: &str, port: &str) -> Identity {
        let (product, serial, port) = ("Back-UPS \"650\" é".to_owned(), serial.to_owned(), port.to_owned());
        Identity { vendor_id: 0x051d, product_id: 2, product, serial, port, ..Identity::default() }
    }

    fn any() -> Matcher {
        Matcher { known: vec![(0x051d, None)], ..Matcher::default() }
    }

    #[test]
    fn what_is_written_is_read() {
        let served = Served::new(&identity("é\n#1", "a b"));
        assert_eq!(Served::read(&served.write()), Some(served));
        assert_eq!(Served::read(b"{}"), None);
        assert_eq!(Served::read(b""), None);
    }

    #[test]
    fn a_device_is_known_by_its_serial_number_or_by_its_port() {
        let by_number = Served::new(&identity("G1", "1")).among(&any(), false).unwrap();
        assert!(by_number.matches(&identity("G1", "2")) && !by_number.matches(&identity("G2", "1")));
        let by_port = Served::new(&identity("", "1")).among(&any(), false).unwrap();
        assert!(by_port.matches(&identity("", "1")) && !by_port.matches(&identity("", "2")));
        let by_both = Served::new(&identity("0", "1")).among(&any(), true).unwrap();
        assert!(by_both.matches(&identity("0", "1")) && !by_both.matches(&identity("0", "2")));
    }

    #[test]
    fn a_device_that_the_configuration_does_not_mean_any_more_is_forgotten() {
        let another = Matcher { serial: Some(Pattern::exactly("G2")), ..any() };
        assert_eq!(Served::new(&identity("G1", "1")).among(&another, false), None);
    }
}
