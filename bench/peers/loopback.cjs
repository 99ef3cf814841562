// Loaded before Portkey, which listens on every address: makes it listen on this machine's own.
const { Server } = require('node:net');
const listen = Server.prototype.listen;

Server.prototype.listen = function (port, ...rest) {
  const done = rest.filter((argument) => typeof argument === 'function');
  return listen.call(this, Number(port?.port ?? port), '127.0.0.1', 4096, ...done);
};
