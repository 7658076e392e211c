#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| api::fuzz::run("programme_file", data));
