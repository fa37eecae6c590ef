"""What large tables cost: ``make size`` prints figures and checks that nothing is lost."""
