//! A UPS down to the bytes on its wire: physics, faces, ports.
