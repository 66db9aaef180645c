import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/page.css';
import './styles/spend.css';
import './styles/table.css';
import './styles/spend-small.css';
import './styles/alerts.css';
import './styles/states.css';
import './styles/timeline.css';
import './styles/calls.css';
import './styles/explore.css';
import { App } from './app.tsx';

const root = document.getElementById('app');
if (root) render(<App />, root);
