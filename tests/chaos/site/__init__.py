"""What runs while everything breaks."""
