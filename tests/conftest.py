"""What holds for every test."""

from hypothesis import settings

# No timing decides a test: a busy machine is no defect of the code.
settings.register_profile("ddc-perf", deadline=None)
settings.load_profile("ddc-perf")
