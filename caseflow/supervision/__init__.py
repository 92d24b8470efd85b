"""Those who watch: what is late, handing over, standing in, urging, sending back, passing on."""
