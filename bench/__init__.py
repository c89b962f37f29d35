"""Speed and scale, measured: invented data by COPY, the real server, and the floor under each
figure."""
