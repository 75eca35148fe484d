"""What a cache promises over time, measured: the frame here, the promises in checks/."""
