"""The process: entry point, wiring, instrumentation and the answers to what goes wrong. It knows every other room."""
