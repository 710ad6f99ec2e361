//! The one integration test binary; a file nobody lists here fails `architecture`.

mod prices;
