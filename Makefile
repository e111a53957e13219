# Every command sets up what it needs first; the second time that takes seconds.
# The work is done by .ci/bootstrap, in Python's standard library alone.

.PHONY: help run test lint format bench faults screenshots sbom clean
.DEFAULT_GOAL := help

help:
	@echo "make run          set everything up and start Suifang (PORT, DATABASE_URL)"
	@echo "make test         everything CI runs"
	@echo "make lint         the quick checks alone: style, types, layers"
	@echo "make format       put the code into the house's style"
	@echo "make bench        submissions per second, beside what this machine can do at best"
	@echo "make faults       the long tests: killed servers, full disks, lost answers"
	@echo "make screenshots  the pictures of the README and of every screen of the phone"
	@echo "make sbom         what this release is made of (CycloneDX, var/sbom.json)"
	@echo "make clean        remove what can be made again; database and secrets stay"

run test lint format bench faults screenshots sbom clean:
	@python=$$(.ci/python) && exec "$$python" .ci/bootstrap $@
