"""Killed without warning between BEGIN and the acknowledgement: nothing is lost and nothing is done twice."""
