"""The exported log: what tampering is found, what a crash leaves behind and that two exporters agree."""
