#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| api::fuzz::run("report_lines", data));
