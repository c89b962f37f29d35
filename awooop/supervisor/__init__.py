"""Start the web server and the cluster, watch them from outside, and leave no process behind."""
