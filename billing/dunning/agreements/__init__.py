"""What is agreed about arrears, on screen: promises to pay, disputes, stops, exempt lines."""
