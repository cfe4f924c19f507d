// Grafana loads its icons from a server; here they come from the package.

import angleDown from './node_modules/@grafana/ui/dist/public/img/icons/unicons/angle-down.svg';
import arrowDown from './node_modules/@grafana/ui/dist/public/img/icons/unicons/arrow-down.svg';
import filter from './node_modules/@grafana/ui/dist/public/img/icons/unicons/filter.svg';
import infoCircle from './node_modules/@grafana/ui/dist/public/img/icons/unicons/info-circle.svg';

const ICONS = {
  'angle-down': angleDown,
  'arrow-down': arrowDown,
  filter,
  'info-circle': infoCircle,
};

const load = window.fetch;
window.fetch = (address, options) => {
  const [, name] = String(address).match(/img\/icons\/\w+\/([\w-]+)\.svg$/) ?? [];
  if (!name) {
    return load(address, options);
  }
  const type = 'image/svg+xml';
  return Promise.resolve(
    ICONS[name]
      ? new Response(ICONS[name], { headers: { 'Content-Type': type } })
      : new Response('', { status: 404 }),
  );
};
