/** Style of a backtest report; follows the reader's light or dark setting. */
export const BACKTEST_STYLE: string = `
:root{color-scheme:light dark;--ink:#1c2024;--soft:#60646c;--rule:#d9d9e0;--page:#fcfcfd;--card:#fff;--line:#0d74ce;--warn:#ad5700;--crit:#c6282d;--info:#0d74ce}
@media(prefers-color-scheme:dark){:root{--ink:#edeef0;--soft:#b0b4ba;--rule:#363a3f;--page:#111113;--card:#18191b;--line:#70b8ff;--warn:#ffa057;--crit:#ff9592;--info:#70b8ff}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1040px;margin:0 auto;padding:24px 20px 64px}h1{font-size:24px;margin:0 0 12px}h2{font-size:17px;margin:32px 0 8px}
.facts{display:flex;flex-wrap:wrap;gap:8px 32px;margin:0}.facts dt{color:var(--soft);font-size:13px}.facts dd{margin:0}
.remarks{color:var(--soft)}svg{width:100%;min-width:760px;height:auto;display:block}.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid var(--rule);vertical-align:top}th{color:var(--soft);font-weight:500;font-size:13px}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.legend{color:var(--soft);font-size:13px;margin:4px 0 0 64px}
.line{fill:none;stroke:var(--line);stroke-width:1.5}.grid{stroke:var(--rule)}.axis{fill:var(--soft);font-size:11px}
.band{opacity:.16}.band.warning,.mark.warning{fill:var(--warn)}.band.critical,.mark.critical{fill:var(--crit)}.band.info,.mark.info{fill:var(--info)}
details{border:1px solid var(--rule);background:var(--card);border-radius:8px;margin:8px 0;padding:10px 14px}
summary{cursor:pointer}summary time,.cost{color:var(--soft);margin-left:10px;white-space:nowrap}.size{font-variant-numeric:tabular-nums;margin-left:6px}
.tag{font-size:12px;font-weight:600;border:1px solid;border-radius:4px;padding:1px 6px}.warning{color:var(--warn)}.critical{color:var(--crit)}.info{color:var(--info)}
.parts{width:auto;min-width:60%;margin:8px 0 14px}.parts td{border:0;padding:2px 14px 2px 0}.bar{width:50%}.bar i{display:block;height:12px;margin-top:5px;border-radius:2px}.more{background:var(--warn)}.less{background:var(--line)}
`;
