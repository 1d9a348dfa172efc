"""The work, in the order a paper takes; the same numbers appear in the log.

1. receive    bytes become a submission whose originals are safe in the intake area (archive.py)
2. open       each page becomes pixels, within limits (stages/open.py)
3. clean      the page stands upright, level, flat (stages/clean.py)
4. recognise  pixels become words with boxes; QR codes are read (stages/recognise.py)
             what the engine passed over or doubts is read once more (stages/second_look.py)
             pages that no scanner made keep their own text (stages/born_digital.py)
             words whose marks do not fit their neighbours are mended, names and numbers never (stages/repair.py)
             what is written by hand is told from print (stages/handwriting.py), and every word gets the
             probability that it is right (stages/confidence.py)
5. classify   words tell the type of paper (stages/classify.py)
6. assemble   pages become papers (stages/assemble.py)
7. extract    a paper's words become fields with evidence (stages/extract.py)
8. identify   fields tell whose paper it is, or that a person must say so (stages/identify.py)
9. render     pages and words become a searchable PDF/A-2b (stages/render.py)
10. store     what may be kept moves to the archive; object first, database row last (archive.py)

While the citizen is still there, a quick look takes steps 2 and 3 and as much of 4 and 5 as tells whether a page will
do (quick_look.py).
"""

PIPELINE_VERSION = "3"
"""Part of every archive key: raise it when the same scan would give another paper or another PDF."""
