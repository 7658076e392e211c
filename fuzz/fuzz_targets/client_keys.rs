#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| api::fuzz::run("client_keys", data));
