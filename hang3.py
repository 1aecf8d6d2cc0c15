from h import *
pre='import evaltools.batch.run as r; r.SECONDS_PER_CELL=6; '
p=proj('h3'); nb(p,PAR,'while True: pass',name='bad'); nb(p,PAR,GOOD); (p/'programmes/proef.yaml').write_text(MIN.replace('[plain]','[bad, plain]'))
rc,o,e,t=run(p,'reports',pre=pre); print(e[:1500]); print('-----'); print(len(e.splitlines()),'lines on stderr')
